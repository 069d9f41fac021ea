//! Whether this machine can have a hardware GPU at all, determined without loading a driver.
//!
//! Loading the software driver alone takes longer than most evaluations, since it contains a
//! compiler.

use std::fs;
use std::path::Path;

/// Prefixes of the names of device nodes of GPUs on Linux: DRM (Mesa's drivers, virtual GPUs),
/// NVIDIA's driver and the driver of its boards, AMD's compute driver, WSL, and the vendors'
/// drivers of Adreno, Mali, PowerVR and Vivante.
const DEVICE_NODES: [&str; 10] =
    ["dri", "nvidia", "nvhost", "nvmap", "kfd", "dxg", "kgsl", "mali", "pvr", "galcore"];

/// NVIDIA's PCI vendor ID. Its driver creates the device nodes at the first use, so they may not
/// exist yet.
const NVIDIA: &str = "0x10de";

/// Whether a hardware GPU may exist. False only if there certainly is none: on Linux, without any
/// device node of a GPU, and without a PCI device by NVIDIA.
pub fn is_possible() -> bool {
    !cfg!(target_os = "linux")
        || has_device_node(Path::new("/dev"))
        || has_nvidia(Path::new("/sys/bus/pci/devices"))
}

/// Whether a folder of device nodes contains a GPU, or cannot be read.
fn has_device_node(folder: &Path) -> bool {
    let Ok(mut entries) = fs::read_dir(folder) else { return true };
    entries.any(|entry| {
        let Ok(name) = entry.map(|entry| entry.file_name()) else { return true };
        let name = name.to_string_lossy();
        DEVICE_NODES.iter().any(|node| name.starts_with(node))
    })
}

/// Whether a folder of PCI devices contains one by NVIDIA. Machines without PCI have no such
/// folder.
fn has_nvidia(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|device| {
        let vendor = fs::read_to_string(device.path().join("vendor"));
        vendor.is_ok_and(|vendor| vendor.trim() == NVIDIA)
    })
}

#[cfg(test)]
mod tests {
    use super::{DEVICE_NODES, has_device_node, has_nvidia};
    use std::fs::{create_dir_all, remove_dir_all, write};
    use std::path::PathBuf;

    /// A new folder; the caller removes it.
    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("weighbridge-{}-{name}", std::process::id()));
        create_dir_all(&path).expect("a folder");
        path
    }

    #[test]
    fn a_device_node_of_any_driver_is_found() {
        let dev = folder("dev");
        for node in ["null", "zero", "tty0", "vda", "vga_arbiter", "fb0"] {
            write(dev.join(node), "").expect("a file");
        }
        assert!(!has_device_node(&dev));
        for node in DEVICE_NODES {
            let node = dev.join(format!("{node}0"));
            write(&node, "").expect("a file");
            assert!(has_device_node(&dev), "{node:?}");
            std::fs::remove_file(&node).expect("a file");
        }
        assert!(!has_device_node(&dev));
        remove_dir_all(&dev).expect("a folder");
        assert!(has_device_node(&dev), "a folder that cannot be read says nothing");
    }

    #[test]
    fn a_pci_device_of_nvidia_is_found() {
        let pci = folder("pci");
        assert!(!has_nvidia(&pci));
        for (device, vendor) in [("0000:00:00.0", "0x8086\n"), ("0000:00:01.0", "0x10de\n")] {
            assert!(!has_nvidia(&pci));
            create_dir_all(pci.join(device)).expect("a folder");
            write(pci.join(device).join("vendor"), vendor).expect("a file");
        }
        assert!(has_nvidia(&pci));
        remove_dir_all(&pci).expect("a folder");
    }

    /// If no hardware GPU is possible, enumerating all drivers finds none.
    #[test]
    fn no_adapter_contradicts_it() {
        if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") {
            return;
        }
        let adapters = crate::gpu::adapters();
        let hardware = adapters.iter().find(|adapter| !adapter.software);
        assert!(hardware.is_none() || super::is_possible(), "{hardware:?}");
    }
}

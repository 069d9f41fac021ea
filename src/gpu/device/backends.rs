//! The environment variable that restricts the graphics APIs; wgpu itself reads it.

use wgpu::Backends;

const VARIABLE: &str = "WGPU_BACKEND";

/// What the environment variable `WGPU_BACKEND` allows, as a clause, if it is set.
pub fn backend_restriction() -> Option<String> {
    let value = std::env::var_os(VARIABLE)?;
    Some(clause(&value.to_string_lossy()))
}

fn clause(value: &str) -> String {
    if value.trim().is_empty() {
        return format!("{VARIABLE} is empty, which allows no adapter: unset it to allow all");
    }
    if Backends::from_comma_list(value).is_empty() {
        return format!(
            "{VARIABLE} is {value:?}, which is not a graphics API and allows no adapter: set it to \
             vulkan, metal, dx12 or gl, or unset it to allow all"
        );
    }
    format!("{VARIABLE} allows only {value}: unset it to allow all")
}

#[cfg(test)]
mod tests {
    use super::clause;

    #[test]
    fn an_empty_a_misspelt_and_a_valid_value_are_told_apart() {
        for value in ["", " "] {
            assert!(clause(value).starts_with("WGPU_BACKEND is empty"), "{value:?}");
        }
        for value in ["vulcan", ",", "cuda,rocm"] {
            let start = format!("WGPU_BACKEND is {value:?}, which is not a graphics API");
            assert!(clause(value).starts_with(&start), "{value:?}");
        }
        for value in ["gl", "Vulkan", "vulkan,cuda"] {
            let start = format!("WGPU_BACKEND allows only {value}");
            assert!(clause(value).starts_with(&start), "{value:?}");
        }
    }
}

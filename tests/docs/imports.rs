//! Imports have one direction: no file imports one that imports it back, directly or through
//! others. A module and its own children may import each other.
//!
//! Only `use` items are read, and a re-export counts as an import of the file that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The path of a module or an item, from the root of its package.
type Names = Vec<String>;

/// What a module imports, and whether it exports that.
type Imports = Vec<(Names, bool)>;

/// Adds the paths in the tree of a `use` item.
fn expand(prefix: &[String], tree: &str, paths: &mut Vec<Names>) {
    let names = |path: &str| path.split("::").map(|name| name.trim().to_owned()).collect::<Names>();
    let mut depth = 0;
    let parts = tree.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        if let Some((head, rest)) = part.split_once('{') {
            let mut head = names(head);
            head.retain(|name| !name.is_empty());
            expand(&[prefix, &head].concat(), rest.strip_suffix('}').expect("a tree"), paths);
        } else {
            let (path, _) = part.split_once(" as ").unwrap_or((part, ""));
            paths.push([prefix, &names(path)].concat());
        }
    }
}

/// What the text of a module imports from its package.
fn imports(module: &[String], text: &str) -> Imports {
    let code = text.split("mod tests {").next().expect("a first part");
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    let code = lines.collect::<Vec<_>>().join(" ");
    let mut imports = Vec::new();
    for item in code.split(';') {
        let item = format!(" {item}");
        let Some((before, tree)) = item.rsplit_once(" use ") else { continue };
        let is_export = before.trim_end().ends_with("pub") || before.trim_end().ends_with(')');
        let mut paths = Vec::new();
        if ["crate::", "super::", "self::"].iter().any(|root| tree.starts_with(root)) {
            expand(&[], tree, &mut paths);
        }
        for path in paths {
            let is_root = |name: &&String| ["crate", "super", "self"].contains(&name.as_str());
            let roots = path.iter().take_while(is_root).count();
            let supers = path.iter().filter(|name| *name == "super").count();
            let base = if path[0] == "crate" { 0 } else { module.len() - supers };
            imports.push(([&module[..base], &path[roots..]].concat(), is_export));
        }
    }
    imports
}

/// Adds the modules in the files of a folder, with their imports. Tests are left out.
fn read(folder: &Path, module: &[String], modules: &mut BTreeMap<Names, Imports>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let is_root = ["mod", "lib", "main"].contains(&stem.as_str());
        let is_test = stem == "tests";
        let child = if is_root { module.to_vec() } else { [module, &[stem]].concat() };
        if path.is_dir() && !is_test {
            read(&path, &child, modules);
        } else if !is_test && path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a file");
            modules.insert(child.clone(), imports(&child, &text));
        }
    }
}

/// The module whose file has the definition of a path.
fn definition(modules: &BTreeMap<Names, Imports>, path: &[String]) -> Names {
    let len = (0..=path.len()).rev().find(|&len| modules.contains_key(&path[..len]));
    let (module, rest) = path.split_at(len.expect("a root"));
    let is_here = |(export, is_export): &&(Names, bool)| {
        *is_export && export.last() == rest.first() && export != path
    };
    let export = if rest.is_empty() { None } else { modules[module].iter().find(is_here) };
    export.map_or(module.to_vec(), |(export, _)| definition(modules, export))
}

/// The modules of a folder of which each is imported by what it imports.
fn circles(folder: &str) -> BTreeSet<String> {
    let mut modules = BTreeMap::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &[], &mut modules);
    assert!(modules.len() > 20, "{folder} has only {} modules", modules.len());
    let are_related = |a: &[String], b: &[String]| a.starts_with(b) || b.starts_with(a);
    let imported = |module: &Names| -> Vec<Names> {
        let all = modules[module].iter().map(|(path, _)| definition(&modules, path));
        all.filter(|other| !are_related(module, other)).collect()
    };
    let edges: BTreeMap<_, _> = modules.keys().map(|module| (module, imported(module))).collect();
    let is_in_circle = |module: &&Names| {
        let (mut seen, mut next) = (BTreeSet::new(), edges[*module].iter().collect::<Vec<_>>());
        while let Some(other) = next.pop() {
            if seen.insert(other) {
                next.extend(&edges[other]);
            }
        }
        seen.contains(*module)
    };
    modules.keys().filter(is_in_circle).map(|module| module.join("/")).collect()
}

#[test]
fn no_files_import_each_other() {
    for folder in ["src", "command/src"] {
        let files = circles(folder);
        assert!(files.is_empty(), "files of {folder} import each other: {files:#?}");
    }
}

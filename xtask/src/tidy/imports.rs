//! Which file of a crate takes something from which other.
//!
//! A path that goes through a `pub use` of a façade leads to the file that defines the item: the façade itself
//! defines nothing, so to lean on it is to lean on what stands behind it.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::{Module, ModuleId, Modules};

/// The arrows from a file to others, each with the line that draws it first.
pub(crate) type Arrows = BTreeMap<String, BTreeMap<String, usize>>;

/// Re-exports of re-exports are followed this far; a chain that is longer is a circle of its own.
const HOPS_MAX: usize = 16;

/// The arrows between the files of one crate.
pub(crate) fn arrows(modules: &Modules) -> Arrows {
    let mut arrows = Arrows::new();
    for (id, module) in modules.iter() {
        let uses = module.uses.iter().map(|leaf| (&leaf.path, leaf.name.is_none(), leaf.line));
        let paths = module.paths.iter().map(|(path, line)| (path, false, *line));
        for (path, is_glob, line) in uses.chain(paths) {
            for file in files_behind(modules, id, path, is_glob) {
                if file != module.file {
                    arrows.entry(module.file.clone()).or_default().entry(file).or_insert(line);
                }
            }
        }
    }
    arrows
}

/// What a path names.
enum Meaning {
    Module(ModuleId),
    /// An item, in the module that defines it.
    Item(ModuleId),
}

/// The files that define what `path`, written in module `from`, names.
fn files_behind(modules: &Modules, from: ModuleId, path: &[String], is_glob: bool) -> BTreeSet<String> {
    let mut resolver = Resolver { modules, through: BTreeSet::new() };
    match resolver.path(from, path, 0) {
        Some(Meaning::Item(id)) => resolver.lean_on(id),
        // Naming a module takes nothing from it yet: the paths that begin with it do.
        Some(Meaning::Module(id)) if is_glob => resolver.lean_on_all_of(id),
        _ => {}
    }
    resolver.through
}

struct Resolver<'a> {
    modules: &'a Modules,
    /// The files that the path leans on.
    through: BTreeSet<String>,
}

impl Resolver<'_> {
    fn lean_on(&mut self, id: ModuleId) {
        self.through.insert(self.modules.get(id).file.clone());
    }

    fn lean_on_all_of(&mut self, id: ModuleId) {
        let module = self.modules.get(id);
        if !is_facade(module) {
            self.lean_on(id);
            return;
        }
        for leaf in &module.uses {
            if let Some(Meaning::Item(id)) = self.path(id, &leaf.path, 1) {
                self.lean_on(id);
            }
        }
    }

    fn path(&mut self, from: ModuleId, path: &[String], hops: usize) -> Option<Meaning> {
        let (first, mut rest) = path.split_first()?;
        let mut meaning = match first.as_str() {
            "crate" => Meaning::Module(0),
            "self" => Meaning::Module(from),
            "super" => Meaning::Module(self.modules.get(from).parent?),
            name => self.name(from, name, rest, hops)?,
        };
        while let Meaning::Module(id) = meaning {
            let Some((next, after)) = rest.split_first() else { break };
            rest = after;
            meaning = match next.as_str() {
                "super" => Meaning::Module(self.modules.get(id).parent?),
                name => match self.name(id, name, rest, hops) {
                    Some(meaning) => meaning,
                    // A macro made it, or another crate did: it is the module's, unless that is a façade.
                    None if is_facade(self.modules.get(id)) => return None,
                    None => Meaning::Item(id),
                },
            };
        }
        Some(meaning)
    }

    /// What `name`, with `rest` after it, means inside a module: a child, an item, or what a `use` stands for.
    fn name(&mut self, id: ModuleId, name: &str, rest: &[String], hops: usize) -> Option<Meaning> {
        let module = self.modules.get(id);
        let child = module.children.get(name).map(|&child| Meaning::Module(child));
        // A module and a function may share their name; only the module has something after it.
        if child.is_some() && !rest.is_empty() {
            return child;
        }
        self.item(id, name, hops).or(child)
    }

    fn item(&mut self, id: ModuleId, name: &str, hops: usize) -> Option<Meaning> {
        let module = self.modules.get(id);
        if module.items.contains(name) {
            return Some(Meaning::Item(id));
        }
        if hops == HOPS_MAX {
            return None;
        }
        if let Some(leaf) = module.uses.iter().find(|leaf| leaf.name.as_deref() == Some(name)) {
            let meaning = self.path(id, &leaf.path, hops + 1);
            if !is_facade(module) {
                self.lean_on(id);
            }
            return meaning;
        }
        let globs = module.uses.iter().filter(|leaf| leaf.name.is_none());
        for glob in globs {
            if let Some(Meaning::Module(behind)) = self.path(id, &glob.path, hops + 1)
                && behind != id
                && let Some(meaning) = self.name(behind, name, &[], hops + 1)
            {
                return Some(meaning);
            }
        }
        None
    }
}

fn is_facade(module: &Module) -> bool {
    module.file.ends_with("mod.rs") || module.file.ends_with("lib.rs")
}

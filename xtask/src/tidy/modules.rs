//! The modules of one crate: their files, their items, and the names that they use.

use std::collections::{HashMap, HashSet};

use crate::source::{Kind, RustFile, Token, Tree, attribute};

/// The module tree below one crate root. Modules of test builds are not part of it.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    modules: Vec<Module>,
}

/// The place of a module in `Modules`; the crate root is the first.
pub(crate) type ModuleId = usize;

#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) file: String,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) children: HashMap<String, ModuleId>,
    pub(crate) items: HashSet<String>,
    pub(crate) uses: Vec<Use>,
    /// Paths written out in code, with their lines.
    pub(crate) paths: Vec<(Vec<String>, usize)>,
}

/// One name, or one glob, that a `use` brings in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) path: Vec<String>,
    /// `None` for a glob.
    pub(crate) name: Option<String>,
    pub(crate) line: usize,
}

/// Words before the name of an item.
const ITEM_WORDS: [&str; 8] = ["struct", "enum", "union", "trait", "fn", "const", "static", "type"];

impl Modules {
    /// Follows the `mod` declarations from the file of a crate root.
    pub(crate) fn of(tree: &Tree, root: &str) -> Self {
        let mut modules = Self::default();
        if tree.file(root).is_some() {
            let folder = root.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
            modules.read(tree, root, &folder, None);
        }
        modules
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        self.modules.iter().enumerate()
    }

    pub(crate) fn get(&self, id: ModuleId) -> &Module {
        &self.modules[id]
    }

    fn add(&mut self, file: &str, parent: Option<ModuleId>) -> ModuleId {
        self.modules.push(Module {
            file: file.to_owned(),
            parent,
            children: HashMap::new(),
            items: HashSet::new(),
            uses: Vec::new(),
            paths: Vec::new(),
        });
        self.modules.len() - 1
    }

    /// Reads a file and its children, which lie in `folder`.
    fn read(&mut self, tree: &Tree, file: &str, folder: &str, parent: Option<ModuleId>) -> ModuleId {
        let module = self.add(file, parent);
        if let Some(source) = tree.file(file) {
            let tokens = RustFile::parse(&source.text).plain_tokens();
            Reader { modules: self, tree, file, tokens: &tokens, at: 0 }.body(module, folder);
        }
        module
    }
}

/// Reads one file's tokens into its module and the modules inside it.
struct Reader<'r, 'a> {
    modules: &'r mut Modules,
    tree: &'r Tree,
    file: &'r str,
    tokens: &'r [Token<'a>],
    at: usize,
}

impl Reader<'_, '_> {
    /// Reads up to the brace that closes the module, or to the end of the file.
    fn body(&mut self, module: ModuleId, folder: &str) {
        let mut depth = 0_usize;
        let mut path_attribute = None;
        while let Some(&token) = self.tokens.get(self.at) {
            if let Some(attribute) = attribute(self.tokens, self.at) {
                if let [name, _, path] = attribute.body
                    && name.is_word("path")
                {
                    path_attribute = Some(path.text.to_owned());
                }
                if attribute.body.first().is_some_and(|name| name.is_word("macro_export")) {
                    self.exported_macro(attribute.end);
                }
                self.at = attribute.end;
                continue;
            }
            self.at += 1;
            match (token.kind, token.text) {
                (Kind::Mark, "{") => depth += 1,
                (Kind::Mark, "}") if depth == 0 => return,
                (Kind::Mark, "}") => depth -= 1,
                (Kind::Word, "mod") => self.child(module, folder, path_attribute.take()),
                (Kind::Word, "use") => self.use_item(module),
                (Kind::Word, word) if depth == 0 && ITEM_WORDS.contains(&word) => self.item(module),
                (Kind::Word, "macro_rules") if depth == 0 && self.next_is("!") => {
                    self.at += 1;
                    self.item(module);
                }
                (Kind::Word, _) => self.path(module),
                _ => {}
            }
        }
    }

    fn next_is(&self, mark: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.is_mark(mark))
    }

    /// The name after an item's word. `const fn` has another such word between, which will be read next.
    fn item(&mut self, module: ModuleId) {
        self.at += usize::from(self.tokens.get(self.at).is_some_and(|token| token.is_word("mut")));
        let Some(name) = self.tokens.get(self.at).filter(|token| token.kind == Kind::Word) else { return };
        if !["fn", "unsafe", "async", "extern"].contains(&name.text) {
            self.modules.modules[module].items.insert(name.text.to_owned());
            self.at += 1;
        }
    }

    /// `#[macro_export]` puts a macro into the crate root, whose file is then not the one that defines it.
    fn exported_macro(&mut self, attribute_end: usize) {
        let rest = self.tokens[attribute_end..].windows(3);
        let mut macros = rest.filter(|window| window[0].is_word("macro_rules"));
        let Some(name) = macros.next().map(|window| window[2].text.to_owned()) else { return };
        let defining = self.modules.add(self.file, Some(0));
        self.modules.modules[defining].items.insert(name.clone());
        let line = self.tokens[attribute_end].line;
        let hidden = format!("macro {name}");
        self.modules.modules[0].children.insert(hidden.clone(), defining);
        let path = vec!["crate".to_owned(), hidden, name.clone()];
        self.modules.modules[0].uses.push(Use { path, name: Some(name), line });
    }

    fn child(&mut self, module: ModuleId, folder: &str, path_attribute: Option<String>) {
        let (Some(name), Some(open)) = (self.tokens.get(self.at), self.tokens.get(self.at + 1)) else {
            return;
        };
        let name = name.text.to_owned();
        let child_folder = format!("{folder}{name}/");
        self.at += 2;
        let child = if open.is_mark("{") {
            let child = self.modules.add(self.file, Some(module));
            self.body(child, &child_folder);
            child
        } else {
            let named = path_attribute.map(|path| {
                let own = self.file.rsplit_once('/').map_or("", |(own, _)| own);
                format!("{own}/{path}")
            });
            let candidates =
                [named, Some(format!("{folder}{name}.rs")), Some(format!("{folder}{name}/mod.rs"))];
            let Some(file) = candidates.into_iter().flatten().find(|path| self.tree.file(path).is_some())
            else {
                return;
            };
            self.modules.read(self.tree, &file, &child_folder, Some(module))
        };
        self.modules.modules[module].children.insert(name, child);
    }

    fn use_item(&mut self, module: ModuleId) {
        let mut leaves = Vec::new();
        self.use_tree(&[], &mut leaves);
        self.modules.modules[module].uses.append(&mut leaves);
    }

    /// One branch of a `use`, up to the `,`, `}` or `;` after it.
    fn use_tree(&mut self, prefix: &[String], leaves: &mut Vec<Use>) {
        let mut path = prefix.to_vec();
        let mut name = None;
        let start = self.at;
        let mut line = self.tokens.get(start).map_or(0, |token| token.line);
        while let Some(&token) = self.tokens.get(self.at) {
            match (token.kind, token.text) {
                (Kind::Mark, "{") => {
                    while !self.next_is("}") && self.at < self.tokens.len() {
                        self.at += 1;
                        self.use_tree(&path, leaves);
                    }
                    self.at += 1;
                    return;
                }
                (Kind::Mark, "*") => {
                    self.at += 1;
                    leaves.push(Use { path, name: None, line });
                    return;
                }
                (Kind::Word, "as") => {
                    name = self.tokens.get(self.at + 1).map(|alias| alias.text.to_owned());
                    self.at += 1;
                }
                // `a::{self}` is `a`; `use self::a` is from here.
                (Kind::Word, "self") if !path.is_empty() => {}
                (Kind::Word, word) => {
                    path.push(word.to_owned());
                    line = token.line;
                }
                (Kind::PathSeparator, _) => {}
                _ => break,
            }
            self.at += 1;
        }
        // After the last comma of a list there is nothing.
        if let Some(last) = path.last().filter(|_| self.at > start) {
            let name = name.or_else(|| Some(last.clone()));
            leaves.push(Use { path, name, line });
        }
    }

    /// A path of two words or more, of which the first has been stepped over.
    fn path(&mut self, module: ModuleId) {
        let start = self.at - 1;
        if start > 0 && self.tokens[start - 1].kind == Kind::PathSeparator {
            return;
        }
        let mut path = vec![self.tokens[start].text.to_owned()];
        while let Some([separator, word]) = self.tokens.get(self.at..self.at + 2) {
            if separator.kind != Kind::PathSeparator || word.kind != Kind::Word {
                break;
            }
            path.push(word.text.to_owned());
            self.at += 2;
        }
        if path.len() > 1 {
            self.modules.modules[module].paths.push((path, self.tokens[start].line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(text: &str) -> Vec<(String, Option<String>)> {
        let modules = Modules::of(&Tree::of(&[("src/lib.rs", text)]), "src/lib.rs");
        let uses = modules.get(0).uses.iter();
        uses.map(|leaf| (leaf.path.join("::"), leaf.name.clone())).collect()
    }

    fn leaf(path: &str, name: &str) -> (String, Option<String>) {
        (path.to_owned(), Some(name.to_owned()))
    }

    #[test]
    fn a_use_is_read_to_its_leaves() {
        assert_eq!(
            uses("use a::{self, b as c, d::{e, f::*},}; pub(crate) use g::h;"),
            [
                leaf("a", "a"),
                leaf("a::b", "c"),
                leaf("a::d::e", "e"),
                ("a::d::f".into(), None),
                leaf("g::h", "h")
            ]
        );
        assert_eq!(uses("use self::a; use super::b;"), [leaf("self::a", "a"), leaf("super::b", "b")]);
    }

    #[test]
    fn modules_are_followed_into_their_files() {
        let tree = Tree::of(&[
            ("src/lib.rs", "mod a; mod b { mod c; } #[path = \"x.rs\"] mod d; mod gone;"),
            ("src/a.rs", "mod e;"),
            ("src/a/e.rs", ""),
            ("src/b/c/mod.rs", "mod f;"),
            ("src/b/c/f.rs", ""),
            ("src/x.rs", ""),
        ]);
        let modules = Modules::of(&tree, "src/lib.rs");
        let mut files: Vec<&str> = modules.iter().map(|(_, module)| &*module.file).collect();
        files.sort_unstable();
        files.dedup();
        assert_eq!(
            files,
            ["src/a.rs", "src/a/e.rs", "src/b/c/f.rs", "src/b/c/mod.rs", "src/lib.rs", "src/x.rs"]
        );
    }

    #[test]
    fn items_are_those_of_the_module_and_of_no_block_inside_it() {
        let text = "pub const fn a() { struct No; } static mut B: u8 = 0; macro_rules! c { () => {} } mod d { fn e() {} }";
        let modules = Modules::of(&Tree::of(&[("src/lib.rs", text)]), "src/lib.rs");
        let mut items: Vec<&str> = modules.get(0).items.iter().map(String::as_str).collect();
        items.sort_unstable();
        assert_eq!(items, ["B", "a", "c"]);
    }

    #[test]
    fn inline_paths_are_read_and_method_calls_are_not() {
        let text = "fn a() { crate::b::c(d::<E>(), x.collect::<F::G>(), ::h::i) }";
        let modules = Modules::of(&Tree::of(&[("src/lib.rs", text)]), "src/lib.rs");
        let paths: Vec<String> = modules.get(0).paths.iter().map(|(path, _)| path.join("::")).collect();
        assert_eq!(paths, ["crate::b::c", "F::G"]);
    }
}

//! The public interface of the library, as a snapshot: no name or signature changes unnoticed.
//!
//! The sources are parsed, and what can be reached from `lib.rs` is written down by the path that a
//! host writes. What a macro makes is not seen: implementations for lists of types, and what a derive
//! writes, which the snapshots of `execlog-derive` have.

use quote::ToTokens;
use std::collections::BTreeMap;
use std::path::Path;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Fields, Ident, ImplItem, Item, ItemImpl, ItemStruct, ItemUse};
use syn::{Type, UseTree, Visibility, parse_quote};

/// A module: its items, but for tests, and the modules in it.
#[derive(Default)]
struct Module {
    items: Vec<Item>,
    modules: BTreeMap<String, Module>,
}

impl Module {
    fn read(file: &Path, folder: &Path) -> Self {
        let text = std::fs::read_to_string(file).expect("a source file");
        let parsed = syn::parse_file(&text).expect("Rust");
        Self::new(parsed.items, folder)
    }

    fn new(items: Vec<Item>, folder: &Path) -> Self {
        let mut module = Self::default();
        for mut item in items.into_iter().filter(|item| !is_for_tests(item)) {
            if let Item::Mod(inner) = &mut item {
                let name = inner.ident.to_string();
                let (file, folder) = (folder.join(format!("{name}.rs")), folder.join(&name));
                let inner = match inner.content.take() {
                    Some((_, items)) => Self::new(items, &folder),
                    None if file.is_file() => Self::read(&file, &folder),
                    None => Self::read(&folder.join("mod.rs"), &folder),
                };
                module.modules.insert(name, inner);
            }
            module.items.push(item);
        }
        module
    }

    fn at(&self, path: &[String]) -> Option<&Self> {
        path.iter().try_fold(self, |at, name| at.modules.get(name))
    }

    /// The items of this module and of all in it.
    fn all_items(&self) -> Vec<&Item> {
        let inner = self.modules.values().flat_map(Self::all_items);
        self.items.iter().chain(inner).collect()
    }
}

/// What a host can name, by the path that it writes.
struct Interface<'a> {
    root: &'a Module,
    /// The source of each item, and of what is implemented for it.
    items: BTreeMap<String, String>,
    /// The shortest path of each type and trait, by its name in the sources.
    types: BTreeMap<String, String>,
}

/// Which items of a module a host can name, and how.
#[derive(Clone, Copy)]
struct Exported<'a> {
    /// All, or the one of this name.
    only: Option<&'a str>,
    /// The path before the name.
    path: &'a str,
    /// The last name of the path, where a re-export gives another.
    alias: Option<&'a str>,
}

impl<'a> Exported<'a> {
    fn all_in(path: &'a str) -> Self {
        let (only, alias) = (None, None);
        Self { only, path, alias }
    }
}

impl Interface<'_> {
    /// Adds the public items of a module, and says whether there are any.
    fn add(&mut self, module: &[String], exported: Exported) -> bool {
        let Some(found) = self.root.at(module) else {
            return false;
        };
        let mut is_found = false;
        for item in &found.items {
            if let Item::Use(ItemUse { vis, tree, .. }) = item {
                is_found |= is_public(vis) && self.follow(tree, module, false, exported);
                continue;
            }
            let name = public_name(item).map(Ident::to_string);
            let Some(name) = name.filter(|name| exported.only.is_none_or(|only| only == name))
            else {
                continue;
            };
            is_found = true;
            let path = format!("{}::{}", exported.path, exported.alias.unwrap_or(&name));
            if let Item::Mod(_) = item {
                self.add(&[module, &[name]].concat(), Exported::all_in(&path));
                continue;
            }
            let known = self.types.entry(name).or_insert_with(|| path.clone());
            if path.len() < known.len() {
                known.clone_from(&path);
            }
            self.items.insert(path, shown_source(item.clone()));
        }
        is_found
    }

    /// Adds what a re-export in a module names. A name without a path is that of another crate.
    fn follow(
        &mut self,
        tree: &UseTree,
        module: &[String],
        is_path: bool,
        exported: Exported,
    ) -> bool {
        let (name, shown) = match tree {
            UseTree::Group(group) => {
                let follow =
                    |is_found, tree| self.follow(tree, module, is_path, exported) || is_found;
                return group.items.iter().fold(false, follow);
            }
            UseTree::Path(step) => {
                let mut inner = module.to_vec();
                match step.ident.to_string().as_str() {
                    "crate" => inner.clear(),
                    "self" => {}
                    "super" => drop(inner.pop()),
                    name => inner.push(name.to_owned()),
                }
                return self.follow(&step.tree, &inner, true, exported);
            }
            UseTree::Glob(_) => return self.add(module, exported),
            UseTree::Name(name) => (name.ident.to_string(), name.ident.to_string()),
            UseTree::Rename(both) => (both.ident.to_string(), both.rename.to_string()),
        };
        if exported.only.is_some_and(|only| only != shown) {
            return false;
        }
        let inner = Exported {
            only: Some(&name),
            alias: exported.alias.or(Some(&shown)),
            ..exported
        };
        if !(is_path && self.add(module, inner)) {
            // Of another crate, or written by a macro.
            let source = [module, std::slice::from_ref(&name)].concat().join("::");
            let path = format!("{}::{shown}", exported.path);
            let reexport = format!("pub use {source};\n");
            self.items.insert(format!("{path} = {source}"), reexport);
        }
        true
    }

    /// Adds the public methods of what can be named, and the traits that it implements. Blocks of the
    /// same head are one, wherever they stand.
    fn add_implementations(&mut self) {
        let items = self.root.all_items();
        let is_own = |name: &str| {
            let mut items = items.iter();
            items.any(|item| matches!(item, Item::Trait(own) if own.ident == name))
        };
        let mut blocks = BTreeMap::<_, ItemImpl>::new();
        for item in &items {
            let Item::Impl(block) = item else { continue };
            let of_trait = block.trait_.as_ref().map(|(path, _)| last_name(path));
            let path_of_trait = of_trait.as_ref().and_then(|name| self.types.get(name));
            let is_hidden = path_of_trait.is_none() && of_trait.is_some_and(|name| is_own(&name));
            let subject = match &*block.self_ty {
                Type::Path(subject) => self.types.get(&last_name(&subject.path)),
                _ => None,
            };
            let Some(path) = subject.or(path_of_trait).filter(|_| !is_hidden) else {
                continue;
            };
            let mut block = block.clone();
            Strip.visit_item_impl_mut(&mut block);
            let items = std::mem::take(&mut block.items);
            let head = block.to_token_stream().to_string();
            let merged = blocks.entry((path.clone(), head)).or_insert(block);
            merged.items.extend(items);
        }
        for ((path, _), mut block) in blocks {
            block.items.sort_by_key(|item| match item {
                ImplItem::Fn(method) => method.sig.ident.to_string(),
                _ => String::new(),
            });
            if block.trait_.is_some() || !block.items.is_empty() {
                let source = shown_source(Item::Impl(block));
                self.items.entry(path).or_default().push_str(&source);
            }
        }
    }
}

fn last_name(path: &syn::Path) -> String {
    path.segments.last().expect("a name").ident.to_string()
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_for_tests(item: &Item) -> bool {
    let attributes = match item {
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        _ => return false,
    };
    let is_for_tests = |attribute: &Attribute| {
        let text = attribute.to_token_stream().to_string();
        text.contains("(test)") || text.contains("(doctest)")
    };
    attributes.iter().any(is_for_tests)
}

fn public_name(item: &Item) -> Option<&Ident> {
    let (visibility, name) = match item {
        Item::Const(item) => (&item.vis, &item.ident),
        Item::Enum(item) => (&item.vis, &item.ident),
        Item::Fn(item) => (&item.vis, &item.sig.ident),
        Item::Mod(item) => (&item.vis, &item.ident),
        Item::Static(item) => (&item.vis, &item.ident),
        Item::Struct(item) => (&item.vis, &item.ident),
        Item::Trait(item) => (&item.vis, &item.ident),
        Item::Type(item) => (&item.vis, &item.ident),
        _ => return None,
    };
    is_public(visibility).then_some(name)
}

/// Leaves of an item what a host sees: no bodies, private fields or methods, and few attributes.
struct Strip;

impl VisitMut for Strip {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        const SEEN: [&str; 5] = ["cfg", "deprecated", "derive", "must_use", "non_exhaustive"];
        attributes.retain(|attribute| SEEN.iter().any(|seen| attribute.path().is_ident(seen)));
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        block.stmts.clear();
    }

    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        let is_private = item.fields.iter().any(|field| !is_public(&field.vis));
        if is_private && let Fields::Named(fields) = &mut item.fields {
            let fields = &mut fields.named;
            let public = fields.iter().filter(|field| is_public(&field.vis));
            *fields = public.cloned().collect();
            fields.push(parse_quote!(_private: ()));
        } else if is_private {
            item.fields = Fields::Unnamed(parse_quote!((_private)));
        }
        visit_mut::visit_item_struct_mut(self, item);
    }

    fn visit_item_impl_mut(&mut self, block: &mut ItemImpl) {
        let is_of_trait = block.trait_.is_some();
        block.items.retain(|item| match item {
            ImplItem::Fn(method) => is_public(&method.vis),
            ImplItem::Const(constant) => is_of_trait || is_public(&constant.vis),
            _ => true,
        });
        visit_mut::visit_item_impl_mut(self, block);
    }
}

fn shown_source(mut item: Item) -> String {
    Strip.visit_item_mut(&mut item);
    let file = syn::parse2(item.into_token_stream()).expect("a file of one item");
    prettyplease::unparse(&file)
}

#[test]
fn a_change_of_the_public_interface_is_seen() {
    let sources = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../execlog/src"));
    let root = Module::read(&sources.join("lib.rs"), sources);
    let mut interface = Interface {
        root: &root,
        items: BTreeMap::new(),
        types: BTreeMap::new(),
    };
    interface.add(&[], Exported::all_in("execlog"));
    interface.add_implementations();
    let items = interface.items.iter();
    let text: Vec<String> = items
        .map(|(path, source)| format!("// {path}\n{source}"))
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

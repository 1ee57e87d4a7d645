//! Reads the symbols and references of a Rust file.

use std::path::Path;
use syn::visit::{self, Visit};

/// What is in one file.
#[derive(Debug, Default)]
pub(crate) struct ParsedFile {
    pub(crate) symbols: Vec<Symbol>,
    /// How often a path is used: a type, a function called, a macro, a name in a pattern.
    pub(crate) references: usize,
}

/// An item with a name.
#[derive(Debug, PartialEq)]
pub(crate) struct Symbol {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// The place of the module or trait around it in [`ParsedFile::symbols`].
    pub(crate) parent: Option<usize>,
}

/// Reads and parses a file; the error says what is wrong and on which line.
pub(crate) fn file(path: &Path) -> Result<ParsedFile, String> {
    let source = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    parse(&source)
}

fn parse(source: &str) -> Result<ParsedFile, String> {
    let syntax = syn::parse_file(source)
        .map_err(|error| format!("line {}: {error}", error.span().start().line))?;
    let mut visitor = Visitor::default();
    visitor.visit_file(&syntax);
    Ok(visitor.found)
}

#[derive(Default)]
struct Visitor {
    found: ParsedFile,
    parent: Option<usize>,
}

impl Visitor {
    fn add(&mut self, kind: &'static str, name: &syn::Ident) -> usize {
        self.found.symbols.push(Symbol {
            kind,
            name: name.to_string(),
            parent: self.parent,
        });
        self.found.symbols.len() - 1
    }

    fn inside(&mut self, symbol: usize, visit: impl FnOnce(&mut Self)) {
        let outside = self.parent.replace(symbol);
        visit(self);
        self.parent = outside;
    }
}

macro_rules! visit_leaves {
    ($($method:ident($ty:ident, $kind:literal, $($name:ident).+);)*) => {$(
        fn $method(&mut self, item: &'ast syn::$ty) {
            self.add($kind, &item.$($name).+);
            visit::$method(self, item);
        }
    )*};
}

impl<'ast> Visit<'ast> for Visitor {
    visit_leaves! {
        visit_item_const(ItemConst, "const", ident);
        visit_item_enum(ItemEnum, "enum", ident);
        visit_item_fn(ItemFn, "function", sig.ident);
        visit_item_static(ItemStatic, "static", ident);
        visit_item_struct(ItemStruct, "struct", ident);
        visit_item_type(ItemType, "type", ident);
        visit_item_union(ItemUnion, "union", ident);
        visit_impl_item_const(ImplItemConst, "const", ident);
        visit_impl_item_fn(ImplItemFn, "method", sig.ident);
        visit_impl_item_type(ImplItemType, "type", ident);
        visit_trait_item_const(TraitItemConst, "const", ident);
        visit_trait_item_fn(TraitItemFn, "method", sig.ident);
        visit_trait_item_type(TraitItemType, "type", ident);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if let Some(name) = &item.ident {
            self.add("macro", name);
        }
        visit::visit_item_macro(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let symbol = self.add("module", &item.ident);
        self.inside(symbol, |visitor| visit::visit_item_mod(visitor, item));
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let symbol = self.add("trait", &item.ident);
        self.inside(symbol, |visitor| visit::visit_item_trait(visitor, item));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.found.references += 1;
        visit::visit_path(self, path);
    }

    // `#[derive]` and `pub(crate)` hold paths too, which refer to nothing that is indexed.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_symbols_and_paths_are_references() {
        let source = "
            #[derive(Debug)]
            pub(crate) struct A { b: Vec<u8> }
            mod inner { fn f() { g(A::new()) } }
            trait T { fn m(&self); }
            impl T for A { fn m(&self) {} }
            use std::fmt;";
        let parsed = parse(source).expect("it parses");
        let named: Vec<_> = parsed
            .symbols
            .iter()
            .map(|symbol| (symbol.kind, symbol.name.as_str(), symbol.parent))
            .collect();
        assert_eq!(
            named,
            [
                ("struct", "A", None),
                ("module", "inner", None),
                ("function", "f", Some(1)),
                ("trait", "T", None),
                ("method", "m", Some(3)),
                ("method", "m", None),
            ]
        );
        // `Vec`, `u8`, `g`, `A::new`, and `T` and `A` of the impl.
        assert_eq!(parsed.references, 6);
    }

    #[test]
    fn an_error_names_the_line() {
        let error = parse("fn a() {}\nfn b( {").expect_err("it does not parse");
        assert!(error.starts_with("line 2: "), "{error}");
    }
}

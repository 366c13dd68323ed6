//! No file leans, by any way round, on a file that leans on it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Problem;
use super::imports::{self, Arrows};
use super::modules::Modules;
use crate::source::Tree;

/// The import circles between the files below each crate root.
pub(crate) fn check(tree: &Tree, roots: &[String]) -> Vec<Problem> {
    roots.iter().flat_map(|root| circles(&imports::arrows(&Modules::of(tree, root)))).collect()
}

/// One problem for each circle; a file that is part of one is not reported again.
fn circles(arrows: &Arrows) -> Vec<Problem> {
    let mut reported = BTreeSet::new();
    let mut problems = Vec::new();
    for file in arrows.keys() {
        if reported.contains(file) {
            continue;
        }
        let Some(circle) = shortest_way_back(arrows, file) else { continue };
        let next = circle.iter().cycle().skip(1);
        let steps: Vec<(&str, &str)> =
            circle.iter().zip(next).map(|(from, to)| (from.as_str(), to.as_str())).collect();
        let told: Vec<String> =
            steps.iter().map(|(from, to)| format!("{from}:{} takes from {to}", arrows[*from][*to])).collect();
        problems.push(Problem::at(
            file,
            steps.first().map_or(1, |(from, to)| arrows[*from][*to]),
            format!("an import circle: {}", told.join(", ")),
            "floors: what both need in a file below them, or the one part moved into the other's file",
        ));
        reported.extend(circle);
    }
    problems
}

/// The files of the shortest circle through `start`, which comes first.
fn shortest_way_back(arrows: &Arrows, start: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for to in arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
            if to == start {
                return Some(way_to(&came_from, start, file));
            }
            if !came_from.contains_key(to.as_str()) {
                came_from.insert(to, file);
                queue.push_back(to);
            }
        }
    }
    None
}

fn way_to(came_from: &BTreeMap<&str, &str>, start: &str, end: &str) -> Vec<String> {
    let mut way = vec![end.to_owned()];
    let mut file = end;
    while file != start {
        file = came_from[file];
        way.push(file.to_owned());
    }
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<Problem> {
        check(&Tree::of(files), &["src/lib.rs".to_owned()])
    }

    #[test]
    fn two_files_that_use_each_other_are_a_circle() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "use crate::b::B; struct A;"),
            ("src/b.rs", "struct B; fn b(a: super::a::A) {}"),
        ];
        assert_eq!(found(&files).len(), 1);
    }

    #[test]
    fn a_circle_of_three_through_aliases_and_globs_is_found() {
        let files = [
            ("src/lib.rs", "mod a; mod b; mod c;"),
            ("src/a.rs", "use crate::b as other; fn a() { other::b() }"),
            ("src/b.rs", "use crate::c::*; fn b() {}"),
            ("src/c.rs", "use super::a; fn c() { a::a() }"),
        ];
        assert_eq!(found(&files).len(), 1);
    }

    #[test]
    fn a_facade_makes_no_circle_of_the_floors_behind_it() {
        let files = [
            ("src/lib.rs", "mod shape; pub use shape::{Circle, Point};"),
            ("src/shape/mod.rs", "mod circle; mod point; pub use circle::Circle; pub use point::*;"),
            ("src/shape/circle.rs", "use super::Point; use crate::shape; struct Circle(shape::Point);"),
            ("src/shape/point.rs", "pub struct Point;"),
        ];
        assert!(found(&files).is_empty(), "{:?}", found(&files));
    }

    #[test]
    fn a_facade_hides_no_circle_behind_it() {
        let files = [
            ("src/lib.rs", "mod shape; pub use shape::{Circle, Point};"),
            ("src/shape/mod.rs", "mod circle; mod point; pub use circle::Circle; pub use point::*;"),
            ("src/shape/circle.rs", "use super::Point; pub struct Circle;"),
            ("src/shape/point.rs", "use crate::Circle; pub struct Point;"),
        ];
        assert_eq!(found(&files).len(), 1);
    }

    #[test]
    fn a_reexport_of_a_file_that_defines_things_leans_on_that_file_too() {
        let files = [
            ("src/lib.rs", "mod a; mod b; mod c;"),
            ("src/a.rs", "pub use crate::b::B; use crate::c::C; fn a() {}"),
            ("src/b.rs", "pub struct B;"),
            ("src/c.rs", "use crate::a::B; pub struct C;"),
        ];
        assert_eq!(found(&files).len(), 1);
    }

    #[test]
    fn a_function_with_the_name_of_its_module_hides_no_circle() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a/mod.rs", "mod run; pub use run::run;"),
            ("src/a/run.rs", "pub fn run() { crate::b::b() }"),
            ("src/b.rs", "use crate::a; pub fn b() { a::run() }"),
        ];
        assert_eq!(found(&files).len(), 1);
    }

    #[test]
    fn tests_comments_and_strings_make_no_circle() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "use crate::b::B; pub struct A;"),
            (
                "src/b.rs",
                "pub struct B; // crate::a::A\n#[cfg(test)] mod tests { use crate::a::A; } const C: &str = \"crate::a::A\";",
            ),
        ];
        assert!(found(&files).is_empty());
    }

    #[test]
    fn a_parent_and_its_child_can_be_a_circle() {
        let files = [
            ("src/lib.rs", "mod a;"),
            ("src/a.rs", "mod b; use b::B; pub struct A;"),
            ("src/a/b.rs", "use super::A; pub struct B;"),
        ];
        assert_eq!(found(&files).len(), 1);
    }

    #[test]
    fn an_exported_macro_is_at_home_where_it_is_written() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "#[macro_export] macro_rules! make { () => { $crate::b::B } }"),
            ("src/b.rs", "pub struct B; fn b() { crate::make!() }"),
        ];
        assert_eq!(found(&files).len(), 1, "{:?}", found(&files));
    }
}

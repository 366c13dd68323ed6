//! Cells of octets for the sessions of one shard, cut out of pages by size.

use super::blocks::{Blocks, PAGE_LEN};
use super::slot::Slot;

/// The largest cell.
pub(super) const CELL_LEN_MAX: usize = 1024;

const CLASSES: usize = 33;

/// The sizes of cells. A cell is at most an eighth larger than what it is for.
const CELL_LENS: [usize; CLASSES] = {
    let mut lens = [64_usize; CLASSES];
    let mut class = 1;
    while class < CLASSES {
        let below = lens[class - 1];
        lens[class] = below + (1 << below.ilog2()) / 8;
        class += 1;
    }
    assert!(lens[CLASSES - 1] == CELL_LEN_MAX, "the largest class is the largest cell");
    lens
};

/// The pages of one shard.
///
/// All cells of a page have one size. A page is taken with its first cell and given back with its last.
pub(super) struct Pages {
    blocks: Blocks,
    /// By page, which of its cells are taken.
    cells: Vec<Page>,
    /// By class, the pages with a taken cell and a free one.
    open: [Vec<u32>; CLASSES],
}

#[derive(Clone, Default)]
struct Page {
    /// Which cells are taken, a bit for each.
    taken: u64,
    class: u8,
}

impl Default for Pages {
    fn default() -> Self {
        Self { blocks: Blocks::default(), cells: Vec::new(), open: [const { Vec::new() }; CLASSES] }
    }
}

impl Pages {
    /// The octets from the start of a cell on, which are more than the cell.
    #[inline]
    pub(super) fn cell(&self, slot: Slot) -> &[u8] {
        self.blocks.at(slot)
    }

    /// The octets of a cell.
    pub(super) fn cell_mut(&mut self, slot: Slot) -> &mut [u8] {
        let len = self.cell_len(slot);
        &mut self.blocks.at_mut(slot)[..len]
    }

    /// How many octets a cell has.
    pub(super) fn cell_len(&self, slot: Slot) -> usize {
        self.cells[page_of(slot)].cell_len()
    }

    /// Whether a cell of this size is what `len` octets would get.
    pub(super) fn fits(&self, slot: Slot, len: usize) -> bool {
        self.cells[page_of(slot)].class() == class_of(len)
    }

    /// Takes a cell of at least `len` octets, all zero; `None` when there is no more memory.
    pub(super) fn take(&mut self, len: usize) -> Option<Slot> {
        let class = class_of(len);
        let page = match self.open[class].last() {
            Some(page) => *page as usize,
            None => self.open_page(class)?,
        };
        Some(self.take_of(page))
    }

    /// Takes a cell of the class of `slot` on the fullest other page; `None` when all others are full.
    pub(super) fn take_beside(&mut self, slot: Slot) -> Option<Slot> {
        let own = page_of(slot);
        let others = self.open[self.cells[own].class()].iter().map(|page| *page as usize);
        let fullest =
            others.filter(|page| *page != own).max_by_key(|page| self.cells[*page].cells_taken())?;
        Some(self.take_of(fullest))
    }

    /// Gives a cell back, wiped: an ended session leaves nothing behind.
    pub(super) fn free(&mut self, slot: Slot) {
        self.cell_mut(slot).fill(0);
        let number = page_of(slot);
        let page = &mut self.cells[number];
        let open = &mut self.open[page.class()];
        if page.is_full() {
            open.push(u32_of(number));
        }
        page.taken &= !(1 << (slot.octet() % PAGE_LEN / page.cell_len()));
        if page.taken == 0 {
            close(open, number);
            self.blocks.free(number);
            let last = self.cells.iter().rposition(|page| page.taken != 0);
            self.cells.truncate(last.map_or(0, |last| last + 1));
            if self.cells.is_empty() {
                self.cells = Vec::new();
            }
        }
    }

    /// The cells of the emptiest page whose sessions would find room on the other pages of its class, when that page is
    /// at least half empty.
    pub(super) fn sparse(&self) -> Option<impl Iterator<Item = Slot>> {
        let taken = |page: &u32| self.cells[*page as usize].cells_taken();
        let (class, open) = self.open.iter().enumerate().find(|(class, open)| {
            let free = open.len() * cells_of(*class) - open.iter().map(taken).sum::<usize>();
            free >= 2 * cells_of(*class)
        })?;
        let emptiest = *open.iter().min_by_key(|page| taken(page))? as usize;
        let page = &self.cells[emptiest];
        let bits = page.taken;
        let cells = (0..cells_of(class)).filter(move |cell| bits >> cell & 1 == 1);
        let slots = cells.map(move |cell| Slot::new(emptiest * PAGE_LEN + cell * CELL_LENS[class]));
        (page.cells_taken() <= cells_of(class) / 2).then_some(slots)
    }

    /// Every octet of every page.
    pub(super) fn octets(&self) -> impl Iterator<Item = &[u8]> {
        self.blocks.octets()
    }

    fn take_of(&mut self, number: usize) -> Slot {
        let page = &mut self.cells[number];
        let cell = page.taken.trailing_ones() as usize;
        page.taken |= 1 << cell;
        if page.is_full() {
            close(&mut self.open[page.class()], number);
        }
        Slot::new(number * PAGE_LEN + cell * page.cell_len())
    }

    fn open_page(&mut self, class: usize) -> Option<usize> {
        let number = self.blocks.take()?;
        if number >= self.cells.len() {
            self.cells.resize(number + 1, Page::default());
        }
        self.cells[number].class = u8::try_from(class).expect("there are 33 classes");
        self.open[class].push(u32_of(number));
        Some(number)
    }
}

impl Page {
    fn class(&self) -> usize {
        usize::from(self.class)
    }

    fn cell_len(&self) -> usize {
        CELL_LENS[self.class()]
    }

    fn cells_taken(&self) -> usize {
        self.taken.count_ones() as usize
    }

    fn is_full(&self) -> bool {
        self.cells_taken() == cells_of(self.class())
    }
}

/// The class of the smallest cell with room for `len` octets.
fn class_of(len: usize) -> usize {
    debug_assert!(len <= CELL_LEN_MAX);
    CELL_LENS.partition_point(|cell_len| *cell_len < len)
}

/// How many cells a page has: at most 64, one for each bit.
const fn cells_of(class: usize) -> usize {
    PAGE_LEN / CELL_LENS[class]
}

fn page_of(slot: Slot) -> usize {
    slot.octet() / PAGE_LEN
}

fn u32_of(page: usize) -> u32 {
    u32::try_from(page).expect("a page number has 15 bits")
}

/// Takes a page out of those with a free cell. It is mostly among the last.
fn close(open: &mut Vec<u32>, page: usize) {
    let at = open.iter().rposition(|other| *other == u32_of(page));
    open.swap_remove(at.expect("a page that is neither empty nor full is open"));
    if open.is_empty() {
        *open = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cell_is_at_most_an_eighth_larger_than_what_it_is_for() {
        for len in 64..=CELL_LEN_MAX {
            let cell_len = CELL_LENS[class_of(len)];
            assert!(cell_len >= len && cell_len < len + len / 8 + 1, "{len} in {cell_len}");
        }
    }

    #[test]
    fn a_freed_cell_is_wiped() {
        let mut pages = Pages::default();
        let (kept, freed) = (pages.take(100).unwrap(), pages.take(100).unwrap());
        pages.cell_mut(kept).fill(1);
        pages.cell_mut(freed).fill(2);
        pages.free(freed);
        assert!(pages.octets().all(|octets| !octets.contains(&2)));
    }

    #[test]
    fn a_sparse_page_is_one_whose_cells_find_room_elsewhere() {
        let mut pages = Pages::default();
        let slots: Vec<_> = (0..3 * cells_of(class_of(128))).map(|_| pages.take(128).unwrap()).collect();
        assert!(pages.sparse().is_none(), "full pages are not sparse");
        for slot in slots.iter().filter(|slot| !slot.octet().is_multiple_of(PAGE_LEN)) {
            pages.free(*slot);
        }
        let sparse: Vec<_> = pages.sparse().unwrap().collect();
        assert_eq!(sparse.len(), 1);
        let beside = pages.take_beside(sparse[0]).unwrap();
        assert_ne!(page_of(beside), page_of(sparse[0]));
    }

    proptest! {
        #[test]
        fn cells_never_overlap_and_pages_go_with_their_last_cell(
            steps in prop::collection::vec((0_usize..200, prop::option::of(64_usize..=CELL_LEN_MAX)), 0..400)
        ) {
            let mut pages = Pages::default();
            let mut held: Vec<(Slot, u8)> = Vec::new();
            for (n, (pick, len)) in steps.into_iter().enumerate() {
                if let Some(len) = len {
                    let slot = pages.take(len).unwrap();
                    prop_assert!(pages.cell_mut(slot).iter().all(|octet| *octet == 0));
                    let mark = u8::try_from(n % 255 + 1).unwrap();
                    pages.cell_mut(slot).fill(mark);
                    held.push((slot, mark));
                } else if !held.is_empty() {
                    pages.free(held.swap_remove(pick % held.len()).0);
                }
            }
            for (slot, mark) in held {
                prop_assert!(pages.cell_mut(slot).iter().all(|octet| *octet == mark));
                pages.free(slot);
            }
            prop_assert_eq!(pages.octets().count(), 0);
            prop_assert!(pages.open.iter().all(|open| open.capacity() == 0));
        }
    }
}

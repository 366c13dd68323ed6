//! Memory of a shard in blocks of 16 KiB that the operating system gives and takes back one by one.
//!
//! An allocator would keep what is freed for itself: glibc's gives back next to nothing of a million expired sessions.

use memmap2::MmapMut;

use super::slot::Slot;

/// Octets of a page, as of the machine's.
pub(super) const PAGE_LEN: usize = 4096;

const PAGES_OF_BLOCK: usize = 4;

const ALL_TAKEN: u8 = (1 << PAGES_OF_BLOCK) - 1;

const BLOCK_LEN: usize = PAGE_LEN * PAGES_OF_BLOCK;

/// The blocks of one shard, handed out in pages.
///
/// The lowest page that is free comes first, so that the higher blocks become empty. A block is mapped with its first
/// page and unmapped with its last; of a block that is mapped, only pages that were used take memory.
#[derive(Default)]
pub(super) struct Blocks(Vec<Block>);

#[derive(Default)]
struct Block {
    octets: Option<MmapMut>,
    /// Which pages are taken, a bit for each.
    taken: u8,
}

impl Blocks {
    /// The octets from a slot to the end of its block.
    #[inline]
    pub(super) fn at(&self, slot: Slot) -> &[u8] {
        let octet = slot.octet();
        &self.0[octet / BLOCK_LEN].octets.as_ref().expect("a block with a cell is mapped")
            [octet % BLOCK_LEN..]
    }

    /// The octets from a slot to the end of its block.
    pub(super) fn at_mut(&mut self, slot: Slot) -> &mut [u8] {
        let octet = slot.octet();
        &mut self.0[octet / BLOCK_LEN].octets.as_mut().expect("a block with a cell is mapped")
            [octet % BLOCK_LEN..]
    }

    /// Takes a page, all zero; `None` when the shard cannot number another, or the system gives no memory.
    pub(super) fn take(&mut self) -> Option<usize> {
        let with_room = self.0.iter().position(|block| block.octets.is_some() && block.taken != ALL_TAKEN);
        let number = match with_room {
            Some(number) => number,
            None => self.map()?,
        };
        let block = &mut self.0[number];
        let page = block.taken.trailing_ones();
        block.taken |= 1 << page;
        Some(number * PAGES_OF_BLOCK + page as usize)
    }

    /// Gives back a page, which is all zero.
    pub(super) fn free(&mut self, page: usize) {
        let block = &mut self.0[page / PAGES_OF_BLOCK];
        block.taken &= !(1 << (page % PAGES_OF_BLOCK));
        if block.taken == 0 {
            block.octets = None;
            let last = self.0.iter().rposition(|block| block.taken != 0);
            self.0.truncate(last.map_or(0, |last| last + 1));
            if self.0.is_empty() {
                self.0 = Vec::new();
            }
        }
    }

    /// Every octet that is mapped.
    pub(super) fn octets(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter_map(|block| block.octets.as_deref())
    }

    fn map(&mut self) -> Option<usize> {
        let vacant = self.0.iter().position(|block| block.octets.is_none());
        let number = vacant.unwrap_or(self.0.len());
        if number * BLOCK_LEN >= Slot::OCTETS_MAX {
            return None;
        }
        let octets = MmapMut::map_anon(BLOCK_LEN).ok()?;
        if number == self.0.len() {
            self.0.push(Block::default());
        }
        self.0[number].octets = Some(octets);
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_go_with_their_last_page_and_low_pages_come_first() {
        let mut blocks = Blocks::default();
        let pages: Vec<_> = (0..10).map(|_| blocks.take().unwrap()).collect();
        assert!(pages.iter().copied().eq(0..10));
        (4..8).for_each(|page| blocks.free(page));
        assert_eq!(blocks.octets().count(), 2);
        blocks.free(3);
        let again: Vec<_> = (0..4).map(|_| blocks.take().unwrap()).collect();
        assert_eq!(again, [3, 10, 11, 4]);
        (0..5).chain(8..12).for_each(|page| blocks.free(page));
        assert_eq!((blocks.octets().count(), blocks.0.capacity()), (0, 0));
    }
}

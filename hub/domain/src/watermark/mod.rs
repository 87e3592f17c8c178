//! The hidden watermark: who looked at a page and on which day, as a square of cells that are a
//! shade lighter or darker, laid over the page again and again.
//! Invariants: a square says one thing only, protected by a code that mends wrong cells and a
//! checksum that refuses what it cannot mend; half of the cells say nothing and are known, so
//! that a reader finds where the square begins. Absent on purpose: drawing it (the client) and
//! decoding picture files (`hub watermark read`).

mod code;
mod read;

pub use read::{Found, read};

use protocol::AccountId;

/// Cells along a side of the square.
pub const SIDE: usize = 32;
/// Pixels of the page along a side of a cell.
pub const CELL_PX: usize = 4;

const CELLS: usize = SIDE * SIDE;
/// 40 bits of the account, 16 of the day, 16 of checksum.
const BITS: usize = 72;
/// Each coded bit stands in so many cells, far apart.
const COPIES: usize = 3;

/// What a square says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The last 40 bits of the account's id, which are random: among a hundred thousand people
    /// two are the same once in ten million times.
    pub tail: u64,
    /// Days since 1970 in Beijing.
    pub day: u16,
}

impl Mark {
    pub fn new(account: AccountId, day: u16) -> Self {
        let (_, low) = account.0.as_u64_pair();
        Self { tail: low & 0xff_ffff_ffff, day }
    }

    fn bits(self) -> [bool; BITS] {
        let word = (u128::from(self.tail) << 16) | u128::from(self.day);
        let whole = (word << 16) | u128::from(checksum(word));
        std::array::from_fn(|at| whole >> (BITS - 1 - at) & 1 == 1)
    }

    fn of_bits(bits: &[bool]) -> Option<Self> {
        let whole = bits.iter().fold(0_u128, |whole, bit| (whole << 1) | u128::from(*bit));
        let word = whole >> 16;
        let fits = u128::from(checksum(word)) == whole & 0xffff;
        let tail = u64::try_from(word >> 16).ok()?;
        fits.then_some(Self { tail, day: (word & 0xffff) as u16 })
    }

    /// Rows of the square, `1` a darker cell.
    pub fn rows(self) -> Vec<String> {
        let cells = self.cells();
        let row = |row: &[bool]| row.iter().map(|dark| if *dark { '1' } else { '0' }).collect();
        cells.chunks(SIDE).map(row).collect()
    }

    pub(crate) fn cells(self) -> Vec<bool> {
        let plan = plan();
        let mut cells = plan.known;
        let coded = code::encode(&self.bits());
        for (at, cell) in plan.data.iter().enumerate() {
            cells[*cell] ^= coded[at % coded.len()];
        }
        cells
    }

    /// What a square says whose cells lie between light (below zero) and dark (above).
    pub(crate) fn of_cells(cells: &[f32]) -> Option<Self> {
        let plan = plan();
        let mut coded = vec![0.0; code::coded_len(BITS)];
        for (at, cell) in plan.data.iter().enumerate() {
            let sign = if plan.known[*cell] { -1.0 } else { 1.0 };
            let place = at % coded.len();
            coded[place] += sign * cells[*cell];
        }
        Self::of_bits(&code::decode(&coded)[..BITS])
    }
}

/// Which cells are known beforehand, and which carry data. Of those that carry data the known
/// value is added to theirs: a mark of many zeros has as many dark cells as any other.
struct Plan {
    known: Vec<bool>,
    data: Vec<usize>,
    pilots: Vec<usize>,
}

fn plan() -> Plan {
    // Numbers that look like chance and are always the same (xorshift).
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let known = (0..CELLS).map(|_| next() >> 40 & 1 == 1).collect();
    let mut order: Vec<usize> = (0..CELLS).collect();
    for at in (1..CELLS).rev() {
        let other = usize::try_from(next() % (at as u64 + 1)).unwrap_or(0);
        order.swap(at, other);
    }
    let pilots = order.split_off(code::coded_len(BITS) * COPIES);
    Plan { known, data: order, pilots }
}

/// CRC-16/CCITT over the 56 bits.
fn checksum(word: u128) -> u16 {
    (0..56).rev().fold(0xffff_u16, |crc, at| {
        let bit = (word >> at & 1) as u16;
        let top = crc >> 15 ^ bit;
        (crc << 1) ^ if top == 1 { 0x1021 } else { 0 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn soft(cells: &[bool]) -> Vec<f32> {
        cells.iter().map(|dark| if *dark { 1.0 } else { -1.0 }).collect()
    }

    #[test]
    fn dark_and_light_are_balanced() {
        for tail in [0, 0xff_ffff_ffff, 0x12_3456_789a] {
            let dark = Mark { tail, day: 0 }.cells().iter().filter(|dark| **dark).count();
            assert!((CELLS * 45 / 100..CELLS * 55 / 100).contains(&dark), "{dark}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn mends_what_noise_spoils(
            tail in 0..=0xff_ffff_ffff_u64,
            day: u16,
            noise in prop::collection::vec(-1.2_f32..1.2, CELLS),
            wrong in prop::collection::btree_set(0..CELLS, 0..CELLS * 8 / 100),
        ) {
            let mark = Mark { tail, day };
            let mut cells = soft(&mark.cells());
            for at in wrong {
                cells[at] = -cells[at];
            }
            for (cell, noise) in cells.iter_mut().zip(noise) {
                *cell += noise;
            }
            prop_assert_eq!(Mark::of_cells(&cells), Some(mark));
        }

        #[test]
        fn never_reads_another_mark_into_chance(
            noise in prop::collection::vec(-1.0_f32..1.0, CELLS),
        ) {
            prop_assert_eq!(Mark::of_cells(&noise), None);
        }
    }
}

//! Finding the square in a picture of a screen, of unknown scale and position.
//! How: of each small block of the picture the commonest shade is its ground, and only what lies
//! a few shades around it counts, so that text and pictures fall out. For each scale that a
//! screen may have the picture is folded onto one square, where the mark grows with every
//! repetition and everything else does not; the known cells then tell where the square begins.
//! Absent on purpose: rotation and perspective. A photograph of a screen is not read.

use super::{CELL_PX, CELLS, Mark, Plan, SIDE, plan};

/// Pixels along a side of the blocks whose ground is looked for.
const BLOCK: usize = 32;
/// Shades around the ground that may be the mark; text is much farther away.
const SHADES: f32 = 6.0;
/// Bins along a side of the folded square: two for each cell.
const FOLD: usize = SIDE * 2;
/// Standard deviations that the known cells must stand out by. Chance among all positions and
/// scales reaches about five and a half.
const STANDS_OUT: f32 = 7.0;
/// What screens have, and what people resize pictures to.
const USUAL: &[f64] =
    &[1.0, 2.0, 1.25, 1.5, 1.75, 0.75, 0.8, 0.9, 1.1, 1.2, 1.33, 1.3333, 0.67, 1.6, 0.85];
/// From 0.7 to 2.1 device pixels for one of the page.
const PERIODS: (f64, f64) = (89.6, 268.8);
/// So fine that the squares of a wide screen still fall on one another.
const STEP: f64 = 0.1;
/// More gains nothing: every row of a large picture is not needed.
const SAMPLES_MAX: usize = 3_000_000;
/// Enough to see which periods are worth a closer look, and how many get one.
const SAMPLES_FEW: usize = 200_000;
const LIKELY_MAX: usize = 60;

/// A mark, and how it lay in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    pub mark: Mark,
    /// Pixels of the picture for one of the page.
    pub scale: f64,
    /// By how many standard deviations the known cells stood out.
    pub certainty: f32,
}

/// Looks for a mark in the brightness of a picture, row by row.
pub fn read(shades: &[u8], width: usize, height: usize) -> Option<Found> {
    if width < SIDE || height < SIDE || shades.len() < width * height {
        return None;
    }
    let picture = Picture::of(shades, width, height);
    let plan = plan();
    let square = (SIDE * CELL_PX) as f64;
    // Browsers round the square to whole pixels; what was resized since is between them.
    let usual = USUAL.iter().flat_map(|scale| [(scale * square).round(), scale * square]);
    usual.chain(picture.likely()).find_map(|period| {
        let fold = picture.folded(period, SAMPLES_MAX)?;
        let (mark, certainty) = find(&fold, &plan)?;
        Some(Found { mark, scale: period / square, certainty })
    })
}

/// What is left of a picture without its content: how much darker than its ground each pixel is,
/// or nothing.
struct Picture {
    rests: Vec<f32>,
    width: usize,
    height: usize,
}

impl Picture {
    fn of(shades: &[u8], width: usize, height: usize) -> Self {
        let mut rests = vec![f32::NAN; width * height];
        for top in (0..height).step_by(BLOCK) {
            for left in (0..width).step_by(BLOCK) {
                let rows = top..(top + BLOCK).min(height);
                let columns = left..(left + BLOCK).min(width);
                let mut counts = [0_u32; 256];
                for row in rows.clone() {
                    for shade in &shades[row * width..][columns.clone()] {
                        counts[usize::from(*shade)] += 1;
                    }
                }
                let ground = ground(&counts);
                for row in rows {
                    for column in columns.clone() {
                        let rest = ground - f32::from(shades[row * width + column]);
                        if rest.abs() <= SHADES {
                            rests[row * width + column] = rest;
                        }
                    }
                }
            }
        }
        Self { rests, width, height }
    }

    /// Periods at which more than chance is left when the picture is folded, the most first.
    fn likely(&self) -> impl Iterator<Item = f64> {
        let steps = ((PERIODS.1 - PERIODS.0) / STEP) as i64;
        let all = (0..=steps).map(|step| PERIODS.0 + step as f64 * STEP);
        let mut scored: Vec<(f32, f64)> = all
            .filter_map(|period| {
                let fold = self.folded(period, SAMPLES_FEW)?;
                let mean = fold.iter().sum::<f32>() / fold.len() as f32;
                Some((fold.iter().map(|bin| (bin - mean).powi(2)).sum(), period))
            })
            .collect();
        scored.sort_by(|one, other| other.0.total_cmp(&one.0));
        scored.into_iter().take(LIKELY_MAX).map(|(_, period)| period)
    }

    /// The picture laid onto one square of so many pixels, again and again; each bin's mean.
    fn folded(&self, period: f64, samples_max: usize) -> Option<Vec<f32>> {
        let bin = |at: usize| {
            let within = ((at as f64 + 0.5) / period).fract();
            ((within * FOLD as f64) as usize).min(FOLD - 1)
        };
        let columns: Vec<usize> = (0..self.width).map(bin).collect();
        let every = (self.width * self.height).div_ceil(samples_max).max(1);
        let mut sums = vec![0.0_f32; FOLD * FOLD];
        let mut counts = vec![0.0_f32; FOLD * FOLD];
        for row in (0..self.height).step_by(every) {
            let base = bin(row) * FOLD;
            let rests = &self.rests[row * self.width..][..self.width];
            for (rest, column) in rests.iter().zip(&columns) {
                if !rest.is_nan() {
                    sums[base + column] += rest;
                    counts[base + column] += 1.0;
                }
            }
        }
        let empty = counts.iter().filter(|count| **count < 1.0).count();
        if empty > FOLD * FOLD / 10 {
            return None;
        }
        Some(sums.iter().zip(&counts).map(|(sum, count)| sum / count.max(1.0)).collect())
    }
}

/// The middle of the eight neighbouring shades that most pixels have.
fn ground(counts: &[u32; 256]) -> f32 {
    const WIDE: usize = 8;
    let best = (0..=256 - WIDE).max_by_key(|from| counts[*from..from + WIDE].iter().sum::<u32>());
    let from = best.unwrap_or(0);
    let shades = counts[from..from + WIDE].iter().zip(from..);
    let (sum, count) = shades.fold((0.0, 0.0), |(sum, count), (many, shade)| {
        (sum + f64::from(*many) * shade as f64, count + f64::from(*many))
    });
    if count == 0.0 { -1_000.0 } else { (sum / count) as f32 }
}

/// Where the square begins, told by the known cells, and what it then says.
fn find(fold: &[f32], plan: &Plan) -> Option<(Mark, f32)> {
    // A cell at every half-cell position: the mean of its four bins.
    let mut cells = vec![0.0_f32; FOLD * FOLD];
    for row in 0..FOLD {
        let (above, below) = (row * FOLD, (row + 1) % FOLD * FOLD);
        for column in 0..FOLD {
            let right = (column + 1) % FOLD;
            let sum = fold[above + column] + fold[above + right];
            cells[above + column] = (sum + fold[below + column] + fold[below + right]) / 4.0;
        }
    }
    let mean = cells.iter().sum::<f32>() / cells.len() as f32;
    cells.iter_mut().for_each(|cell| *cell -= mean);
    let spread = (cells.iter().map(|cell| cell * cell).sum::<f32>() / cells.len() as f32).sqrt();
    if spread <= f32::EPSILON {
        return None;
    }
    let at = |cell: usize, down: usize, across: usize| {
        let (row, column) = (cell / SIDE * 2 + down, cell % SIDE * 2 + across);
        cells[row % FOLD * FOLD + column % FOLD]
    };
    let mut best = (0.0_f32, 0, 0);
    for down in 0..FOLD {
        for across in 0..FOLD {
            let score: f32 = plan
                .pilots
                .iter()
                .map(|cell| {
                    if plan.known[*cell] {
                        at(*cell, down, across)
                    } else {
                        -at(*cell, down, across)
                    }
                })
                .sum();
            if score > best.0 {
                best = (score, down, across);
            }
        }
    }
    let certainty = best.0 / (spread * (plan.pilots.len() as f32).sqrt());
    if certainty < STANDS_OUT {
        return None;
    }
    let square: Vec<f32> = (0..CELLS).map(|cell| at(cell, best.1, best.2)).collect();
    Mark::of_cells(&square).map(|mark| (mark, certainty))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark = Mark { tail: 0xab_cdef_0123, day: 20_781 };

    /// A page with lines of text, the mark over it, as a screen of this scale shows it.
    fn screen(width: usize, height: usize, scale: f64, offset: f64, strength: f64) -> Vec<u8> {
        let cells = MARK.cells();
        let mut state = 7_u32;
        let mut chance = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1 << 24)
        };
        let mut shades = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                let (x, y) = (column as f64 / scale + offset, row as f64 / scale + offset);
                let text = y % 22.0 < 11.0 && x % 300.0 < 180.0 && chance() < 0.4;
                let cell = |at: f64| (at / CELL_PX as f64) as usize % SIDE;
                let dark = cells[cell(y) * SIDE + cell(x)];
                let ground = if y < 60.0 { 80.0 } else { 250.0 };
                let page = if text { 40.0 } else { ground };
                let noise = (chance() - 0.5) * 2.0;
                shades.push((page - if dark { strength } else { 0.0 } + noise).round() as u8);
            }
        }
        shades
    }

    #[test]
    fn reads_screens_of_every_scale() {
        for (scale, offset) in [(1.0, 0.0), (2.0, 0.0), (0.75, 0.0), (1.25, 37.3), (1.5, 11.0)] {
            let (width, height) = ((600.0 * scale) as usize, (450.0 * scale) as usize);
            let found = read(&screen(width, height, scale, offset, 3.0), width, height);
            let found = found.unwrap_or_else(|| panic!("nothing at {scale}"));
            assert_eq!(found.mark, MARK, "{scale}");
            assert!((found.scale - scale).abs() < 0.02, "{scale}: {}", found.scale);
        }
    }

    #[test]
    fn finds_nothing_where_there_is_nothing() {
        let (width, height) = (150, 100);
        assert_eq!(read(&screen(width, height, 1.0, 0.0, 0.0), width, height), None);
        assert_eq!(read(&vec![255; width * height], width, height), None);
        assert_eq!(read(&[], 0, 0), None);
        assert_eq!(read(&[0; 10], 100, 100), None);
    }
}

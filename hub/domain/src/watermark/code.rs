//! The code that mends wrong cells: convolutional, 1 bit in 2, constraint length 7 (the two
//! polynomials of CCSDS 131.0-B), decoded by Viterbi's algorithm from soft values.

const MEMORY: usize = 6;
const STATES: usize = 1 << MEMORY;
const POLYNOMIALS: [usize; 2] = [0o171, 0o133];

/// Coded bits for so many bits.
pub(super) const fn coded_len(bits: usize) -> usize {
    (bits + MEMORY) * POLYNOMIALS.len()
}

/// The two coded bits of a step, from the register with the new bit on top.
fn step(register: usize) -> [bool; 2] {
    POLYNOMIALS.map(|polynomial| (register & polynomial).count_ones() % 2 == 1)
}

pub(super) fn encode(bits: &[bool]) -> Vec<bool> {
    let tail = [false; MEMORY];
    let mut state = 0;
    let mut coded = Vec::with_capacity(coded_len(bits.len()));
    for bit in bits.iter().chain(&tail) {
        let register = usize::from(*bit) << MEMORY | state;
        coded.extend(step(register));
        state = register >> 1;
    }
    coded
}

/// The likeliest bits, the tail among them; above zero means one.
pub(super) fn decode(coded: &[f32]) -> Vec<bool> {
    let mut scores = vec![f32::NEG_INFINITY; STATES];
    scores[0] = 0.0;
    // For each step and state: where it came from. The new bit is the state's top bit.
    let mut from: Vec<[u8; STATES]> = Vec::with_capacity(coded.len() / 2);
    for pair in coded.chunks_exact(2) {
        let mut next = vec![f32::NEG_INFINITY; STATES];
        let mut came = [0_u8; STATES];
        for (state, score) in scores.iter().enumerate().filter(|(_, score)| score.is_finite()) {
            for bit in 0..2 {
                let register = bit << MEMORY | state;
                let gained: f32 = step(register)
                    .iter()
                    .zip(pair)
                    .map(|(one, value)| if *one { *value } else { -*value })
                    .sum();
                let to = register >> 1;
                if score + gained > next[to] {
                    next[to] = score + gained;
                    came[to] = state as u8;
                }
            }
        }
        scores = next;
        from.push(came);
    }
    // The tail has brought the register back to nothing.
    let mut state = 0;
    let mut bits: Vec<bool> = Vec::with_capacity(from.len());
    for came in from.iter().rev() {
        bits.push(state >> (MEMORY - 1) & 1 == 1);
        state = usize::from(came[state]);
    }
    bits.reverse();
    bits
}

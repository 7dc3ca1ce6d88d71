//! Whether an RSA public key is one to rely on: 2048 to 4096 bits, a sound exponent, and not from
//! the Infineon library whose keys can be factored (CVE-2017-15361, "ROCA").
//!
//! It looks at the public numbers only and proves nothing about how else they were made.

/// The shortest and the longest modulus, in bits. The longest is what the verifying library reads.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2_048..=4_096;

/// The primes by which moduli of the faulty library are recognised, as in its finders' detector:
/// such a modulus is a power of 65537 modulo each of them.
const ROCA_PRIMES: [u32; 17] =
    [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

const ROCA_GENERATOR: u32 = 65_537;

pub(super) fn check_modulus(modulus: &[u8]) -> Result<(), String> {
    let bits = bits(modulus);
    if !MODULUS_BITS.contains(&bits) {
        let (min, max) = MODULUS_BITS.into_inner();
        return Err(format!("is {bits} bits long; it should be {min} to {max}"));
    }
    if modulus.last().is_none_or(|byte| byte % 2 == 0) {
        return Err("is even, so it is no RSA modulus; copy the key again".into());
    }
    if ROCA_PRIMES.iter().all(|prime| is_power(remainder(modulus, *prime), *prime)) {
        return Err("is of a kind that can be factored (ROCA); make a new key".into());
    }
    Ok(())
}

/// Odd, from 3, and at most 32 bits: larger ones only slow verifying down.
pub(super) fn check_exponent(exponent: &[u8]) -> Result<(), String> {
    let odd = exponent.last().is_some_and(|byte| byte % 2 == 1);
    if odd && (2..=32).contains(&bits(exponent)) {
        return Ok(());
    }
    Err("should be an odd number from 3 to 32 bits long, as a rule `AQAB`".into())
}

fn bits(number: &[u8]) -> usize {
    let mut significant = number.iter().skip_while(|byte| **byte == 0);
    let first = significant.next().map_or(0, |byte| 8 - byte.leading_zeros() as usize);
    first + 8 * significant.count()
}

fn remainder(number: &[u8], modulus: u32) -> u32 {
    number.iter().fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % modulus)
}

/// Whether `number` is a power of 65537 modulo the prime `modulus`.
fn is_power(number: u32, modulus: u32) -> bool {
    let mut power = 1;
    for _ in 0..modulus {
        if power == number {
            return true;
        }
        power = power * (ROCA_GENERATOR % modulus) % modulus;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: Result<(), String>, expected: Result<(), &str>) {
        assert_eq!(found, expected.map_err(Into::into));
    }

    /// An odd number of exactly `bits` bits that is no power of 65537 modulo 11.
    fn modulus(bits: usize) -> Vec<u8> {
        let mut number = vec![0; bits.div_ceil(8) + 1];
        number[1] = 1 << ((bits - 1) % 8);
        let last = number.len() - 1;
        number[last] |= 1;
        while is_power(remainder(&number, 11), 11) {
            number[last] += 2;
        }
        number
    }

    #[test]
    fn a_modulus_has_2048_to_4096_bits() {
        for bits in [2_048, 2_049, 3_072, 4_095, 4_096] {
            check(check_modulus(&modulus(bits)), Ok(()));
        }
        for bits in [16, 1_024, 2_047, 4_097] {
            let expected = format!("is {bits} bits long; it should be 2048 to 4096");
            check(check_modulus(&modulus(bits)), Err(&expected));
        }
        check(check_modulus(&[]), Err("is 0 bits long; it should be 2048 to 4096"));
    }

    #[test]
    fn a_modulus_is_odd() {
        let mut even = modulus(2_048);
        even.pop();
        even.push(2);
        check(check_modulus(&even), Err("is even, so it is no RSA modulus; copy the key again"));
    }

    #[test]
    fn an_exponent_is_odd_and_from_3() {
        for good in [&[3][..], &[1, 0, 1], &[0, 0, 0, 0, 1, 0, 1], &[0xff; 4]] {
            check(check_exponent(good), Ok(()));
        }
        for bad in [&[][..], &[0], &[1], &[2], &[4], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
            assert!(check_exponent(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn powers_of_65537_are_recognised() {
        assert!(is_power(1, 11) && is_power(10, 11) && !is_power(2, 11) && !is_power(0, 11));
        assert_eq!(remainder(&[1, 0, 1], 157), 65_537 % 157);
    }
}

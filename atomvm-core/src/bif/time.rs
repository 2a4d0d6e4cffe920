//! Clocks, units of time, and dates.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::term::{Term, atoms};
use num_bigint::BigInt;
use num_integer::Integer;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "monotonic_time", 0, monotonic_time_0),
    bif("erlang", "monotonic_time", 1, monotonic_time_1),
    bif("erlang", "system_time", 0, system_time_0),
    bif("erlang", "system_time", 1, system_time_1),
    bif("erlang", "time_offset", 0, time_offset_0),
    bif("erlang", "time_offset", 1, time_offset_1),
    bif("erlang", "convert_time_unit", 3, convert_time_unit_3),
    bif("erlang", "timestamp", 0, timestamp_0),
    bif("erlang", "now", 0, now_0),
    bif("erlang", "universaltime", 0, universaltime_0),
    bif("erlang", "localtime", 0, localtime_0),
    bif("erlang", "date", 0, date_0),
    bif("erlang", "time", 0, time_0),
    bif("erlang", "universaltime_to_localtime", 1, to_local_1),
    bif("erlang", "localtime_to_universaltime", 1, to_universal_1),
    bif("erlang", "localtime_to_universaltime", 2, to_universal_2),
    bif(
        "erlang",
        "posixtime_to_universaltime",
        1,
        posix_to_universal_1,
    ),
    bif(
        "erlang",
        "universaltime_to_posixtime",
        1,
        universal_to_posix_1,
    ),
    bif("os", "timestamp", 0, os_timestamp_0),
    bif("os", "system_time", 0, os_system_time_0),
    bif("os", "system_time", 1, os_system_time_1),
    bif("os", "perf_counter", 0, monotonic_time_0),
    bif("os", "perf_counter", 1, monotonic_time_1),
];

const SECOND: i128 = 1_000_000_000;

/// The system's own time in nanoseconds since 1970.
fn os_system_time(c: &Ctx<'_>) -> i128 {
    c.rt.platform.system_time().as_nanos() as i128
}

fn integer(c: &mut Ctx<'_>, value: i128) -> BifResult {
    Ok(match i64::try_from(value) {
        Ok(value) => c.p.heap.int(value)?,
        Err(_) => c.p.heap.bigint(&BigInt::from(value))?,
    })
}

/// How many of a unit are in a second.
fn per_second(c: &Ctx<'_>, unit: Term) -> Result<BigInt, Raise> {
    let parts = match c.rt.atoms.name(unit) {
        "second" | "seconds" => 1,
        "millisecond" | "milli_seconds" => 1_000,
        "microsecond" | "micro_seconds" => 1_000_000,
        "nanosecond" | "nano_seconds" | "native" | "perf_counter" => 1_000_000_000,
        _ => {
            let parts = unit.as_int().filter(|int| !int.is_negative());
            let parts = parts.map(|int| int.to_bigint());
            return parts.filter(|p| *p != BigInt::ZERO).ok_or(Raise::BADARG);
        }
    };
    Ok(BigInt::from(parts))
}

fn convert(time: BigInt, from: &BigInt, to: &BigInt) -> BigInt {
    (time * to).div_floor(from)
}

fn in_unit(c: &mut Ctx<'_>, nanoseconds: i128, unit: Term) -> BifResult {
    let to = per_second(c, unit)?;
    let time = convert(BigInt::from(nanoseconds), &BigInt::from(SECOND), &to);
    Ok(c.p.heap.bigint(&time)?)
}

fn monotonic_time_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let now = i128::from(c.rt.now());
    integer(c, now)
}

fn monotonic_time_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let now = i128::from(c.rt.now());
    in_unit(c, now, args[0])
}

fn system_time_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let time = c.rt.time().of_day();
    integer(c, i128::from(time))
}

fn system_time_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let time = c.rt.time().of_day();
    in_unit(c, i128::from(time), args[0])
}

fn os_system_time_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let time = os_system_time(c);
    integer(c, time)
}

fn os_system_time_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let time = os_system_time(c);
    in_unit(c, time, args[0])
}

fn time_offset_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let offset = c.rt.time().offset;
    integer(c, i128::from(offset))
}

fn time_offset_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let offset = c.rt.time().offset;
    in_unit(c, i128::from(offset), args[0])
}

fn convert_time_unit_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let time = args[0].as_int().ok_or(Raise::BADARG)?.to_bigint();
    let (from, to) = (per_second(c, args[1])?, per_second(c, args[2])?);
    Ok(c.p.heap.bigint(&convert(time, &from, &to))?)
}

/// `{MegaSeconds, Seconds, MicroSeconds}`
fn triple(c: &mut Ctx<'_>, microseconds: u64) -> BifResult {
    let (seconds, micro) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let parts = [seconds / 1_000_000, seconds % 1_000_000, micro];
    Ok(c.p
        .heap
        .tuple(&parts.map(|part| Term::small(part as isize)))?)
}

fn timestamp_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let microseconds = c.rt.time().of_day() as u64 / 1_000;
    triple(c, microseconds)
}

fn os_timestamp_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let microseconds = c.rt.platform.system_time().as_micros() as u64;
    triple(c, microseconds)
}

/// As `timestamp/0`, but no two calls return the same.
fn now_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let microseconds = c.rt.unique_now();
    triple(c, microseconds)
}

/// A date and a time of day, without a zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct DateTime {
    pub year: i64,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

impl DateTime {
    /// From seconds since 1970.
    pub fn from_seconds(seconds: i64) -> DateTime {
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        // Years begin in March here, so that the leap day comes last; eras have 400 years.
        let z = days + 719_468;
        let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        DateTime {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: month as u8,
            day: day as u8,
            hour: (rest / 3_600) as u8,
            minute: (rest / 60 % 60) as u8,
            second: (rest % 60) as u8,
        }
    }

    /// Seconds since 1970.
    pub fn to_seconds(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let month = i64::from(self.month);
        let shifted = if month > 2 { month - 3 } else { month + 9 };
        let day_of_year = (153 * shifted + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * 146_097 + day_of_era - 719_468;
        let time = (i64::from(self.hour) * 60 + i64::from(self.minute)) * 60;
        days * 86_400 + time + i64::from(self.second)
    }

    fn is_valid(self) -> bool {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let days = match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u8::from(leap),
            _ => return false,
        };
        (1..=days).contains(&self.day) && self.hour < 24 && self.minute < 60 && self.second < 60
    }

    /// From `{{Year, Month, Day}, {Hour, Minute, Second}}`.
    fn of_term(term: Term) -> Option<DateTime> {
        let &[date, time] = term.as_tuple()? else {
            return None;
        };
        let (&[year, month, day], &[hour, minute, second]) = (date.as_tuple()?, time.as_tuple()?)
        else {
            return None;
        };
        let part = |term: Term| u8::try_from(term.as_small()?).ok();
        let date_time = DateTime {
            year: i64::try_from(year.as_small()?)
                .ok()
                .filter(|y| (-1_000_000..=1_000_000).contains(y))?,
            month: part(month)?,
            day: part(day)?,
            hour: part(hour)?,
            minute: part(minute)?,
            second: part(second)?,
        };
        date_time.is_valid().then_some(date_time)
    }

    fn date_term(self, heap: &mut dyn Heap) -> BifResult {
        let year = heap.int(self.year)?;
        let part = |value: u8| Term::small(value as isize);
        Ok(heap.tuple(&[year, part(self.month), part(self.day)])?)
    }

    fn time_term(self, heap: &mut dyn Heap) -> BifResult {
        let parts = [self.hour, self.minute, self.second];
        Ok(heap.tuple(&parts.map(|value| Term::small(value as isize)))?)
    }

    fn term(self, heap: &mut dyn Heap) -> BifResult {
        let (date, time) = (self.date_term(heap)?, self.time_term(heap)?);
        Ok(heap.tuple(&[date, time])?)
    }
}

fn universal(c: &Ctx<'_>) -> i64 {
    c.rt.time().of_day().div_euclid(SECOND as i64)
}

fn offset(c: &Ctx<'_>, at: i64) -> i64 {
    i64::from(c.rt.platform.utc_offset(at))
}

fn local_now(c: &Ctx<'_>) -> DateTime {
    let now = universal(c);
    DateTime::from_seconds(now + offset(c, now))
}

fn universaltime_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    DateTime::from_seconds(universal(c)).term(&mut c.p.heap)
}

fn localtime_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    local_now(c).term(&mut c.p.heap)
}

fn date_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    local_now(c).date_term(&mut c.p.heap)
}

fn time_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    local_now(c).time_term(&mut c.p.heap)
}

/// Of local times, which OTP knows since 1902.
fn recent(term: Term) -> Result<i64, Raise> {
    let seconds = date_time(term)?;
    match seconds >= -2_145_916_800 {
        true => Ok(seconds),
        false => Err(Raise::BADARG),
    }
}

fn date_time(term: Term) -> Result<i64, Raise> {
    DateTime::of_term(term)
        .map(DateTime::to_seconds)
        .ok_or(Raise::BADARG)
}

fn to_local_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let seconds = recent(args[0])?;
    DateTime::from_seconds(seconds + offset(c, seconds)).term(&mut c.p.heap)
}

fn to_universal(c: &mut Ctx<'_>, local: Term, summer: Option<bool>) -> BifResult {
    let local = recent(local)?;
    // The offset that holds an hour before and after: where they differ the clock is changed,
    // and the caller may say which is meant.
    let guess = local - offset(c, local);
    let (early, late) = (offset(c, guess - 3_600), offset(c, guess + 3_600));
    let chosen = match summer {
        Some(true) => early.max(late),
        Some(false) => early.min(late),
        None => offset(c, guess),
    };
    DateTime::from_seconds(local - chosen).term(&mut c.p.heap)
}

fn to_universal_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    to_universal(c, args[0], None)
}

fn to_universal_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let summer = match args[1] {
        atoms::UNDEFINED => None,
        flag => Some(flag.as_bool().ok_or(Raise::BADARG)?),
    };
    to_universal(c, args[0], summer)
}

fn posix_to_universal_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let seconds = args[0].as_i64().ok_or(Raise::BADARG)?;
    if seconds.unsigned_abs() > 1 << 50 {
        return Err(Raise::BADARG);
    }
    DateTime::from_seconds(seconds).term(&mut c.p.heap)
}

/// The beginning of the year 1600: OTP counts seconds from there.
const FIRST_DATE: i64 = -11_676_096_000;

fn universal_to_posix_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let seconds = date_time(args[0])?;
    if seconds < FIRST_DATE {
        return Err(Raise::BADARG);
    }
    integer(c, i128::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::DateTime;

    #[test]
    fn dates_and_seconds_agree() {
        let known = [
            (0, (1970, 1, 1)),
            (951_782_400, (2000, 2, 29)),
            (951_868_800, (2000, 3, 1)),
            (4_107_542_400, (2100, 3, 1)),
            (-86_400, (1969, 12, 31)),
        ];
        for (seconds, (year, month, day)) in known {
            let date = DateTime::from_seconds(seconds);
            assert_eq!((date.year, date.month, date.day), (year, month, day));
        }
        for day in -200_000..200_000i64 {
            let seconds = day * 86_400 + day.rem_euclid(86_400);
            let date = DateTime::from_seconds(seconds);
            assert!(date.is_valid());
            assert_eq!(date.to_seconds(), seconds);
        }
    }
}

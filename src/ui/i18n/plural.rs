//! Plural forms by the CLDR rules, for whole numbers: 0 zero, 1 one, 2 two, 3 few, 4 many, 5 other.

use super::Language;

const OTHER: usize = 5;

/// Which of the six forms `count` takes.
pub(super) fn plural_form(language: Language, count: u64) -> usize {
    match language {
        Language::Arabic => match (count, count % 100) {
            (0, _) => 0,
            (1, _) => 1,
            (2, _) => 2,
            (_, 3..=10) => 3,
            (_, 11..=99) => 4,
            _ => OTHER,
        },
        Language::English | Language::Turkish if count == 1 => 1,
        Language::English | Language::Turkish | Language::Indonesian => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_take_the_forms_of_cldr() {
        let arabic =
            [(0, 0), (1, 1), (2, 2), (3, 3), (10, 3), (11, 4), (99, 4), (100, 5), (103, 3)];
        for (count, form) in arabic {
            assert_eq!(plural_form(Language::Arabic, count), form, "{count}");
        }
        assert_eq!(plural_form(Language::English, 1), 1);
        assert_eq!(plural_form(Language::Indonesian, 1), 5);
    }
}

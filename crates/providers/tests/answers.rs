//! Every answer of `answers.json` is read as it says there, and the checker can fail.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use paywith_protocol::{Json, Provider};
use paywith_providers::corpus::{ANSWERS, check};

fn cases() -> Vec<Json> {
    let corpus: Json = serde_json::from_str(ANSWERS).expect("the corpus is JSON");
    corpus.as_array().expect("a list").to_vec()
}

fn text<'a>(case: &'a Json, key: &str) -> Option<&'a str> {
    case.get(key).and_then(Json::as_str)
}

fn with(object: &Json, key: &str, value: Json) -> Json {
    let Json::Object(entries) = object else { panic!("no object") };
    let mut entries: Vec<_> = entries.iter().filter(|(name, _)| name != key).cloned().collect();
    entries.push((key.to_owned(), value));
    Json::Object(entries)
}

#[test]
fn every_answer_is_read_as_the_corpus_says() {
    let wrong: Vec<String> = cases().iter().filter_map(|case| check(case).err()).collect();
    assert!(wrong.is_empty(), "{}\n{} wrong", wrong.join("\n"), wrong.len());
}

#[test]
fn every_provider_has_cases_of_both_calls_that_end_well_and_ill() {
    let cases = cases();
    for provider in Provider::ALL {
        for call in ["create", "status"] {
            for is_error in [false, true] {
                let fits = |case: &&Json| {
                    let expect = case.get("expect").and_then(|expect| expect.get("error"));
                    text(case, "provider") == Some(provider.id())
                        && text(case, "call") == Some(call)
                        && expect.is_some() == is_error
                };
                let count = cases.iter().filter(fits).count();
                assert!(count > 0, "{} {call} {is_error}", provider.id());
            }
        }
    }
}

#[test]
fn names_are_there_and_unique() {
    let cases = cases();
    let mut names: Vec<&str> =
        cases.iter().map(|case| text(case, "name").expect("a name")).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn what_stands_as_text_really_is_no_json() {
    for case in cases() {
        if let Some(body) = text(&case, "body_text") {
            assert!(serde_json::from_str::<Json>(body).is_err(), "{:?}", text(&case, "name"));
        }
    }
}

#[test]
fn each_stated_expectation_fails_its_case_when_it_is_false() {
    for case in cases() {
        let expect = case.get("expect").expect("expectations");
        let Json::Object(entries) = expect else { panic!("no object") };
        for (key, _) in entries {
            let wrong = with(expect, key, Json::String("something else".to_owned()));
            let outcome = check(&with(&case, "expect", wrong));
            assert!(outcome.is_err(), "{:?}: `{key}` goes unchecked", text(&case, "name"));
        }
    }
}

#[test]
fn an_unknown_key_fails_a_case_wherever_it_stands() {
    for case in cases() {
        let nested = ["asked", "expect"].map(|place| {
            let object = case.get(place).expect("an object");
            with(&case, place, with(object, "amuont", Json::Null))
        });
        let changed = [with(&case, "https_status", Json::Null)].into_iter().chain(nested);
        for changed in changed {
            let told = check(&changed).expect_err("an unknown key");
            assert!(told.contains("unknown key"), "{told}");
        }
    }
}

#[test]
fn a_case_that_states_too_little_fails() {
    let case = &cases()[0];
    for place in ["provider", "call", "http_status", "body", "asked", "expect"] {
        assert!(check(&with(case, place, Json::String(String::new()))).is_err());
    }
    let nothing = Json::Object(Vec::new());
    assert!(check(&nothing).is_err());
    assert!(check(&with(case, "expect", nothing)).is_err());
    assert!(check(&with(case, "body_text", Json::String(String::new()))).is_err());
}

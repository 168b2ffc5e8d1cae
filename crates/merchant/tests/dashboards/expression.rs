//! Which metrics an expression of Prometheus asks for, and by which labels. It knows the part of the
//! language that the alerts and the dashboard use, and refuses the rest. Start at [`metrics_of`].

use std::iter::Peekable;
use std::vec::IntoIter;

/// A metric in an expression.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// As it is asked for, such as `paywith_request_seconds_bucket`.
    pub(crate) name: String,
    /// The labels that are compared with something, each with the value or the pattern.
    pub(crate) matched: Vec<(String, String)>,
    /// The labels by which it is grouped, from all sums around it.
    pub(crate) grouped: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// Every metric of the backend that the expression asks for.
pub(crate) fn metrics_of(expression: &str) -> Vec<Use> {
    let mut tokens = tokens(expression).into_iter().peekable();
    let mut found = Vec::new();
    // One list of labels for each open parenthesis.
    let mut groups: Vec<Vec<String>> = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(word) if word == "by" => {
                expect(&mut tokens, '(', expression);
                let labels = list(&mut tokens);
                // `sum(…) by (…)` is written the other way round here.
                expect(&mut tokens, '(', expression);
                groups.push(labels);
            }
            Token::Word(word) => {
                let foreign = ["without", "on", "ignoring", "group_left", "group_right"];
                assert!(!foreign.contains(&word.as_str()), "`{word}` is not understood here");
                if word.starts_with("paywith_") {
                    let matched = match tokens.next_if_eq(&Token::Sign('{')) {
                        Some(_) => matchers(&mut tokens),
                        None => Vec::new(),
                    };
                    found.push(Use { name: word, matched, grouped: groups.concat() });
                }
            }
            Token::Sign('(') => groups.push(Vec::new()),
            Token::Sign(')') => {
                assert!(groups.pop().is_some(), "a parenthesis too many: {expression}");
            }
            Token::Sign(_) | Token::Text(_) => {}
        }
    }
    assert!(groups.is_empty(), "a parenthesis is not closed: {expression}");
    found
}

fn expect(tokens: &mut Peekable<IntoIter<Token>>, sign: char, expression: &str) {
    assert_eq!(tokens.next(), Some(Token::Sign(sign)), "after `by`: {expression}");
}

/// The words up to the next closing parenthesis.
fn list(tokens: &mut Peekable<IntoIter<Token>>) -> Vec<String> {
    let until_end = tokens.by_ref().take_while(|token| *token != Token::Sign(')'));
    let word = |token| match token {
        Token::Word(word) => Some(word),
        Token::Text(_) | Token::Sign(_) => None,
    };
    until_end.filter_map(word).collect()
}

/// Label and value of everything up to the closing brace.
fn matchers(tokens: &mut Peekable<IntoIter<Token>>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut label = String::new();
    for token in tokens.by_ref().take_while(|token| *token != Token::Sign('}')) {
        match token {
            Token::Word(word) => label = word,
            Token::Text(text) => found.push((std::mem::take(&mut label), text)),
            Token::Sign(_) => {}
        }
    }
    found
}

fn tokens(expression: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut letters = expression.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '"' {
            found.push(Token::Text(letters.by_ref().take_while(|next| *next != '"').collect()));
        } else if is_of_word(letter) {
            let mut word = letter.to_string();
            while let Some(next) = letters.next_if(|next| is_of_word(*next)) {
                word.push(next);
            }
            found.push(Token::Word(word));
        } else if !letter.is_whitespace() {
            found.push(Token::Sign(letter));
        }
    }
    found
}

fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':' | '$' | '.')
}

#[test]
fn an_expression_is_taken_apart() {
    let found = metrics_of(
        r#"histogram_quantile(0.9, sum by (le, route) (rate(paywith_a_bucket{x=~"b|c",y!="d)"}[5m])))
           and max(paywith_e) > 3"#,
    );
    let text = str::to_owned;
    let first = Use {
        name: text("paywith_a_bucket"),
        matched: vec![(text("x"), text("b|c")), (text("y"), text("d)"))],
        grouped: vec![text("le"), text("route")],
    };
    let second = Use { name: text("paywith_e"), matched: Vec::new(), grouped: Vec::new() };
    assert_eq!(found, [first, second]);
}

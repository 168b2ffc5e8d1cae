//! `paywith-doctor`: the command line of the library. It reads the arguments, prints the report,
//! and says by its exit code whether the contract is followed. It tests nothing itself. Start at
//! [`Arguments`].

use clap::{Parser, ValueEnum};
use paywith_doctor::{Cookie, Origin, Plan, Report, examine};
use paywith_protocol::Provider;
use std::io::Write;
use std::process::ExitCode;

const ABOUT: &str = "\
Checks over HTTP whether a merchant backend follows the Paywith contract.

It asks what the checkout widget would ask, in its order and in the wrong one, and prints one line \
for each rule: ok, differs (with what was expected and what came instead), or skipped (with the \
reason).

It makes a payment of the order at the provider, and another one at the second provider if there \
is one; a backend that is wrong may make more. It pays none of them and cancels the last one at \
the end. Use test keys and an order of its own.";

const AFTER: &str = "\
Exit codes:
  0  every rule that could be tested is followed
  1  a rule is not followed
  2  wrong arguments, or the backend does not answer

Examples:
  A backend on the shop's own origin:
    paywith-doctor https://shop.example/api --order TOKEN --provider cashi

  Everything that can be tested, with pages on another origin:
    paywith-doctor https://api.shop.example --order TOKEN --provider cashi \\
      --second-provider kashier --origin https://shop.example

  A bare order id, which belongs to the shopper's session:
    paywith-doctor https://shop.example/api --order INV-9921 --provider cashi \\
      --cookie session=5f0c1b7e

  In CI, with jq:
    paywith-doctor http://127.0.0.1:8090/api --order TOKEN --provider cashi --format json \\
      | jq '.rules[] | select(.finding == \"differs\")'";

/// What the command line says.
#[derive(Parser)]
#[command(name = "paywith-doctor", version, about = ABOUT, after_help = AFTER, max_term_width = 100)]
struct Arguments {
    /// The widget's `endpoint`, such as https://shop.example/api. It may have a query: paths are
    /// appended to its end, as the widget does
    endpoint: String,
    /// An unpaid order, as the page hands it to the widget: a signed token, or a bare id
    #[arg(long, value_name = "TOKEN")]
    order: String,
    /// The provider to make the payment with
    #[arg(long, value_name = "ID")]
    provider: ProviderId,
    /// Another provider that accepts this order: tests what happens when the shopper changes from
    /// one to the other
    #[arg(long, value_name = "ID")]
    second_provider: Option<ProviderId>,
    /// Where shoppers return to. By default the front page of the shop
    #[arg(long, value_name = "URL")]
    return_url: Option<String>,
    /// The origin of the shop's pages, if the backend is on another one: tests what browsers may
    /// do (CORS)
    #[arg(long, value_name = "URL")]
    origin: Option<Origin>,
    /// The shopper's session, if the order belongs to one: sent with every call but those of a
    /// stranger, who must get 404
    #[arg(long, value_name = "NAME=VALUE")]
    cookie: Option<Cookie>,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line for each rule
    Text,
    /// One JSON object
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProviderId {
    Cashii,
    Cashpay,
    Kashier,
    Cashi,
}

impl From<ProviderId> for Provider {
    fn from(id: ProviderId) -> Provider {
        match id {
            ProviderId::Cashii => Provider::Cashii,
            ProviderId::Cashpay => Provider::CashPay,
            ProviderId::Kashier => Provider::Kashier,
            ProviderId::Cashi => Provider::Cashi,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let format = arguments.format;
    match run(&arguments).await {
        Ok(report) => match print(&report, format) {
            Ok(()) if report.differs() => ExitCode::from(1),
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => fail(&format!("the report cannot be printed: {why}")),
        },
        Err(why) => fail(&why),
    }
}

fn fail(why: &str) -> ExitCode {
    eprintln!("paywith-doctor: {why}");
    ExitCode::from(2)
}

async fn run(arguments: &Arguments) -> Result<Report, String> {
    examine(&plan(arguments)?).await.map_err(|error| error.to_string())
}

fn plan(arguments: &Arguments) -> Result<Plan, String> {
    let Arguments { endpoint, order, provider, second_provider, return_url, origin, .. } =
        arguments;
    if *second_provider == Some(*provider) {
        return Err("--second-provider must differ from --provider".to_owned());
    }
    let mut plan = Plan::new(endpoint, order, (*provider).into(), origin.clone())?;
    plan.second_provider = second_provider.map(Provider::from);
    plan.cookie.clone_from(&arguments.cookie);
    if let Some(return_url) = return_url {
        plan.return_to(return_url)?;
    }
    Ok(plan)
}

/// A reader that has read enough (`| head`) is no error of ours, but it has no report either.
fn print(report: &Report, format: Format) -> std::io::Result<()> {
    let text = match format {
        Format::Text => report.to_string(),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(report)?),
    };
    std::io::stdout().lock().write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    const USUAL: [&str; 6] =
        ["paywith-doctor", "https://shop.example/api", "--order", "T", "--provider", "cashi"];

    fn read(more: &[&str]) -> Result<Plan, String> {
        let words = USUAL.iter().chain(more);
        plan(&Arguments::try_parse_from(words).map_err(|error| error.to_string())?)
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_provider_can_be_named() {
        for provider in Provider::ALL {
            let words = ["paywith-doctor", "https://a.example", "--order", "T", "--provider"];
            let words = words.into_iter().chain([provider.id()]);
            let arguments = Arguments::try_parse_from(words).expect("arguments");
            assert_eq!(Provider::from(arguments.provider), provider);
        }
    }

    #[test]
    fn options_arrive_in_the_plan() {
        let plan = read(&[
            "--second-provider",
            "kashier",
            "--origin",
            "https://pages.example",
            "--return-url",
            "https://pages.example/cart",
            "--cookie",
            "session=5f0c1b7e",
        ]);
        let plan = plan.expect("a plan");
        assert_eq!(plan.second_provider, Some(Provider::Kashier));
        assert_eq!(plan.return_url, "https://pages.example/cart");
        assert_eq!(plan.origin, "https://pages.example".parse().ok());
        assert_eq!(plan.cookie, "session=5f0c1b7e".parse().ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (more, named) in [
            (&["--second-provider", "cashi"][..], "--second-provider"),
            (&["--second-provider", "paypal"], "paypal"),
            (&["--origin", "shop.example"], "not an origin"),
            (&["--return-url", "/cart"], "/cart"),
            (&["--cookie", "5f0c1b7e"], "NAME=VALUE"),
            (&["--format", "xml"], "xml"),
            (&["--ordre", "T"], "--ordre"),
        ] {
            let complaint = read(more).expect_err(named);
            assert!(complaint.contains(named), "{more:?}: {complaint}");
        }
    }
}

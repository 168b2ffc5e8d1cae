//! The command line.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use paywith_merchant::Config;
use paywith_merchant::support::Question;
use paywith_protocol::Status;
use std::net::SocketAddr;
use std::path::PathBuf;

const AFTER_HELP: &str = "Without a command it serves. The file and the PAYWITH_ variables are described \
                          in paywith.example.toml.";

/// The Paywith merchant backend.
#[derive(Parser)]
#[command(version, after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) serve: Serve,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// How to serve.
#[derive(Args)]
pub(crate) struct Serve {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "paywith.toml", conflicts_with = "demo")]
    config: PathBuf,
    /// Everything on this machine, against the sandbox; no account needed.
    #[arg(long)]
    demo: bool,
    /// The sandbox's address.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8091", requires = "demo")]
    sandbox: String,
    /// The port on this machine; 0 takes a free one.
    #[arg(long, value_name = "N", default_value_t = 8090, requires = "demo")]
    port: u16,
    /// Where providers and shoppers reach the backend; by default http://127.0.0.1 and the port.
    #[arg(long, value_name = "URL", requires = "demo")]
    public_url: Option<String>,
    /// An origin of the shop's pages; may be given several times.
    #[arg(
        long = "shop-origin", value_name = "URL", requires = "demo",
        default_values = ["http://127.0.0.1:8080", "http://localhost:8080"]
    )]
    shop_origins: Vec<String>,
    /// The database file.
    #[arg(long, value_name = "FILE", default_value = "paywith-demo.sqlite", requires = "demo")]
    database: PathBuf,
    /// Serves a folder of pages beside the API; a real shop has a web server.
    #[arg(long, value_name = "FOLDER", requires = "demo")]
    pub(crate) site: Option<PathBuf>,
}

/// What else it does.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Tries the configuration: database, addresses, and each provider with its keys. Makes no payment.
    Check {
        /// The configuration file.
        #[arg(long, value_name = "FILE", default_value = "paywith.toml")]
        config: PathBuf,
    },
    /// What became of payments. The backend may run meanwhile.
    Payments {
        #[command(subcommand)]
        question: Payments,
        /// The configuration file.
        #[arg(long, value_name = "FILE", default_value = "paywith.toml", global = true)]
        config: PathBuf,
    },
    /// Events for your own server. The backend may keep running.
    Events {
        #[command(subcommand)]
        question: Events,
        /// The configuration file.
        #[arg(long, value_name = "FILE", default_value = "paywith.toml", global = true)]
        config: PathBuf,
    },
    /// Prints what makes a shell complete this program's commands.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

#[derive(Subcommand)]
pub(crate) enum Payments {
    /// The newest fifty, or all of one order.
    List {
        /// The shop's own id of the order.
        #[arg(long, value_name = "ID")]
        order: Option<String>,
        /// Only those with this status, such as `paid` or `refunded`.
        #[arg(long, value_parser = status)]
        status: Option<Status>,
    },
    /// One payment with its history.
    Show {
        /// `pay_…`.
        payment: String,
    },
    /// The same after asking its provider.
    Recheck {
        /// `pay_…`.
        payment: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Events {
    /// Sends an event again, or all that happened since a time, whether or not they arrived before.
    Resend {
        /// `evt_…`, or a time such as 2026-11-20T07:35:00Z.
        #[arg(value_name = "EVENT|TIME")]
        events: String,
    },
}

fn status(text: &str) -> Result<Status, String> {
    let words = Status::ALL.map(Status::as_str).join(", ");
    let status = Status::ALL.into_iter().find(|status| status.as_str() == text);
    status.ok_or_else(|| format!("use one of {words}"))
}

impl From<Payments> for Question {
    fn from(question: Payments) -> Question {
        match question {
            Payments::List { order, status } => Question::List { order, status },
            Payments::Show { payment } => Question::Show { id: payment },
            Payments::Recheck { payment } => Question::Recheck { id: payment },
        }
    }
}

impl From<Events> for Question {
    fn from(Events::Resend { events }: Events) -> Question {
        Question::Resend { events }
    }
}

impl Serve {
    /// # Errors
    /// Names the setting and its allowed values.
    pub(crate) fn config(&self) -> Result<Config, String> {
        if !self.demo {
            return Config::load(&self.config).map_err(|error| error.to_string());
        }
        if let Some(folder) = self.site.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(format!("--site {} is not a folder", folder.display()));
        }
        let own = || format!("http://127.0.0.1:{}", self.port);
        let public_url = self.public_url.clone().unwrap_or_else(own);
        let config = Config::demo(&self.sandbox, &public_url, &self.shop_origins, &self.database);
        let config = config.map_err(|error| error.to_string())?;
        Ok(Config { listen: SocketAddr::from(([127, 0, 0, 1], self.port)), ..config })
    }
}

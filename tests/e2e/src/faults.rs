//! A proxy between the browser and the shop, on which things go wrong byte by byte: what no server of
//! ours would do, networks do every day. One request a connection, so that a fault meets just one.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It never arrives: the connection breaks.
    Lost,
    /// It is carried out; the connection breaks before the answer.
    AnswerLost,
    /// It arrives twice; the second answer is the one that arrives.
    Twice,
    /// It is carried out, and nothing ever comes back.
    Hang,
    /// A gateway answers 503 in its place.
    Unavailable,
    /// A gateway answers 429 and asks for a pause of this many seconds.
    TooMany(u32),
    /// A gateway answers with a page.
    Page,
    /// Half of the answer comes, as if it were whole.
    Half,
}

/// One line of the plan: the next so many requests whose first line holds this text.
#[derive(Clone, Debug)]
struct Plan {
    holds: String,
    trouble: Trouble,
    times: u32,
}

/// The proxy; it ends with the program.
#[derive(Debug)]
pub struct FaultProxy {
    /// Where the browser goes.
    pub origin: String,
    listener: Option<TcpListener>,
    plans: Arc<Mutex<Vec<Plan>>>,
    happened: Arc<Mutex<u32>>,
}

impl FaultProxy {
    /// A proxy that knows its origin, but not yet what is behind it: the shop has to know it first.
    pub async fn new() -> FaultProxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let (plans, happened) = (Arc::default(), Arc::default());
        FaultProxy { origin, listener: Some(listener), plans, happened }
    }

    /// Lets requests through to the shop's origin from here on.
    pub fn stand_before(&mut self, shop: &str) {
        let shop = shop.trim_start_matches("http://").to_owned();
        let listener = self.listener.take().expect("it stands before one shop");
        let (plans, happened) = (self.plans.clone(), self.happened.clone());
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                let (shop, plans, happened) = (shop.clone(), plans.clone(), happened.clone());
                tokio::spawn(async move {
                    if pass(browser, &shop, &plans, &happened).await.is_none() {
                        // A connection that broke is what this is all about.
                    }
                });
            }
        });
    }

    /// The next `times` requests whose first line (`GET /api/payments/… HTTP/1.1`) holds this text meet
    /// this trouble.
    pub fn plan(&self, holds: &str, trouble: Trouble, times: u32) {
        let plan = Plan { holds: holds.to_owned(), trouble, times };
        self.plans.lock().expect("the plans").push(plan);
    }

    /// Nothing more goes wrong.
    pub fn mend(&self) {
        self.plans.lock().expect("the plans").clear();
    }

    /// How often something went wrong.
    pub fn happened(&self) -> u32 {
        *self.happened.lock().expect("the count")
    }
}

/// One request and its answer; `None` where the connection broke.
async fn pass(
    mut browser: TcpStream,
    shop: &str,
    plans: &Mutex<Vec<Plan>>,
    happened: &Mutex<u32>,
) -> Option<()> {
    let request = read_message(&mut browser).await?;
    let first_line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let first_line = String::from_utf8_lossy(first_line).into_owned();
    let trouble = next_trouble(&mut plans.lock().expect("the plans"), &first_line);
    if trouble.is_some() {
        *happened.lock().expect("the count") += 1;
    }
    let refusal = match trouble {
        Some(Trouble::Lost) => return None,
        Some(Trouble::Unavailable) => Some(page("503 Service Unavailable", "")),
        Some(Trouble::TooMany(seconds)) => {
            Some(page("429 Too Many Requests", &format!("retry-after: {seconds}\r\n")))
        }
        Some(Trouble::Page) => Some(page("200 OK", "")),
        _ => None,
    };
    if let Some(refusal) = refusal {
        return browser.write_all(&refusal).await.ok();
    }
    let mut answer = ask(shop, &request).await?;
    match trouble {
        Some(Trouble::AnswerLost) => return None,
        Some(Trouble::Twice) => answer = ask(shop, &request).await?,
        Some(Trouble::Hang) => {
            // Longer than any page waits; the browser gives up first.
            tokio::time::sleep(Duration::from_secs(120)).await;
            return None;
        }
        Some(Trouble::Half) => answer = half(&answer),
        _ => {}
    }
    browser.write_all(&answer).await.ok()?;
    browser.shutdown().await.ok()
}

fn next_trouble(plans: &mut Vec<Plan>, first_line: &str) -> Option<Trouble> {
    let place = plans.iter().position(|plan| first_line.contains(&plan.holds))?;
    let trouble = plans[place].trouble;
    plans[place].times -= 1;
    if plans[place].times == 0 {
        plans.remove(place);
    }
    Some(trouble)
}

/// The shop's whole answer, on a connection of its own.
async fn ask(shop: &str, request: &[u8]) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(shop).await.ok()?;
    stream.write_all(&closing(request)).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    Some(answer)
}

/// The same request, after whose answer the connection ends.
fn closing(request: &[u8]) -> Vec<u8> {
    let end = end_of_head(request).expect("a request has a head");
    let head = String::from_utf8_lossy(&request[..end]);
    let kept = head.lines().filter(|line| {
        let name = line.split(':').next().unwrap_or_default();
        !line.is_empty() && !name.eq_ignore_ascii_case("connection")
    });
    let mut text = kept.collect::<Vec<_>>().join("\r\n");
    text.push_str("\r\nconnection: close\r\n\r\n");
    [text.as_bytes(), &request[end..]].concat()
}

/// Head and body of one request.
async fn read_message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    let mut chunk = [0; 8_192];
    loop {
        if let Some(end) = end_of_head(&message)
            && message.len() >= end + content_length(&message[..end])
        {
            return Some(message);
        }
        let count = stream.read(&mut chunk).await.ok()?;
        if count == 0 {
            return None;
        }
        message.extend_from_slice(&chunk[..count]);
    }
}

fn end_of_head(message: &[u8]) -> Option<usize> {
    message.windows(4).position(|window| window == b"\r\n\r\n").map(|place| place + 4)
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let line = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    line.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}

/// What a gateway says in the shop's place.
fn page(status: &str, more: &str) -> Vec<u8> {
    let body = "<!doctype html><title>Gateway</title><p>Please come back later.";
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\n{more}content-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Half of the body, and a head that says that this is all.
fn half(answer: &[u8]) -> Vec<u8> {
    let Some(end) = end_of_head(answer) else { return Vec::new() };
    let body = &answer[end..end + (answer.len() - end) / 2];
    let head = String::from_utf8_lossy(&answer[..end]);
    let kept = head.lines().filter(|line| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !line.is_empty() && name != "content-length" && name != "transfer-encoding"
    });
    let head = kept.collect::<Vec<_>>().join("\r\n");
    let length = body.len();
    [format!("{head}\r\ncontent-length: {length}\r\n\r\n").as_bytes(), body].concat()
}

//! Headless Chromium with a profile of its own, by way of its driver.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

/// A browser that runs until it is stopped.
pub(crate) struct Chromium {
    client: Client,
    driver: Child,
    _profile: tempfile::TempDir,
}

/// What the browser's window looks like, and what it says it is.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    Desk,
    Phone,
}

const ANDROID: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 \
                       Mobile Safari/537.36";

impl Chromium {
    pub(crate) async fn start(shape: Shape) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let (driver, port) = start_driver();
        let mut arguments = vec![
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--no-first-run".to_owned(),
            "--force-color-profile=srgb".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        if let Shape::Desk = shape {
            arguments.push("--window-size=1100,900".to_owned());
        } else {
            arguments.push("--force-dark-mode".to_owned());
        }
        let mut options = json!({ "binary": program("CLOAKROOM_CHROMIUM"), "args": arguments });
        if let Shape::Phone = shape {
            let metrics = json!({ "width": 390, "height": 844, "pixelRatio": 2 });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics, "userAgent": ANDROID });
        }
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        let url = format!("http://127.0.0.1:{port}");
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&url).await;
        Self { client: client.unwrap(), driver, _profile: profile }
    }

    /// Goes to an address, where the page has to have this heading.
    pub(crate) async fn open(&self, url: &str, heading: &str) {
        self.client.goto(url).await.unwrap();
        self.expect(heading).await;
    }

    pub(crate) async fn fill(&self, field: &str, text: &str) {
        self.fill_found(Locator::Id(field), text).await;
    }

    /// Fills a field of a page that is not ours, by the name that it sends.
    pub(crate) async fn fill_named(&self, field: &str, text: &str) {
        self.fill_found(Locator::Css(&format!("[name={field}]")), text).await;
    }

    async fn fill_found(&self, field: Locator<'_>, text: &str) {
        let field = self.client.find(field).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Presses the last button of this name, and waits for the page with this heading that it leads to.
    pub(crate) async fn press(&self, button: &str, heading: &str) {
        self.click(&format!("//button[normalize-space()='{button}']"), heading).await;
    }

    pub(crate) async fn follow(&self, link: &str, heading: &str) {
        self.click(&format!("//a[normalize-space()='{link}']"), heading).await;
    }

    async fn click(&self, path: &str, heading: &str) {
        self.click_on(path).await;
        self.expect(heading).await;
    }

    async fn click_on(&self, path: &str) {
        // What ends something takes no press in the first half second of a page, which may be meant for the page before.
        let settled = "setTimeout(arguments[0], Math.max(0, 600 - performance.now()))";
        self.client.execute_async(settled, Vec::new()).await.unwrap();
        let found = self.client.find_all(Locator::XPath(path)).await.unwrap();
        found.last().unwrap_or_else(|| panic!("no {path}")).click().await.unwrap();
    }

    /// Goes to an address where plain text has these words.
    pub(crate) async fn open_for_text(&self, url: &str, words: &str) {
        self.client.goto(url).await.unwrap();
        self.expect_text(words).await;
    }

    /// Presses a button that leads to plain text with these words.
    pub(crate) async fn press_for_text(&self, button: &str, words: &str) {
        self.click_on(&format!("//button[normalize-space()='{button}']")).await;
        self.expect_text(words).await;
    }

    async fn expect_text(&self, words: &str) {
        let path = format!("//pre[contains(., '{words}')]");
        let found = self.client.wait().for_element(Locator::XPath(&path)).await;
        if let Err(error) = found {
            panic!("{error}: no text {words:?}, but {}", self.text().await);
        }
    }

    /// What the address bar says.
    pub(crate) async fn address(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    async fn expect(&self, heading: &str) {
        let path = format!("//h1[normalize-space()='{heading}']");
        let found = self.client.wait().for_element(Locator::XPath(&path)).await;
        if let Err(error) = found {
            panic!("{error}: no page {heading:?}, but {}", self.text().await);
        }
    }

    pub(crate) async fn back(&self) {
        self.client.back().await.unwrap();
    }

    /// Goes back, and waits for the page with this heading that comes of it.
    pub(crate) async fn back_to(&self, heading: &str) {
        self.back().await;
        self.expect(heading).await;
    }

    /// The words on the page.
    pub(crate) async fn text(&self) -> String {
        self.text_of("body").await
    }

    /// The text of the first element that is selected.
    pub(crate) async fn text_of(&self, selector: &str) -> String {
        self.client.find(Locator::Css(selector)).await.unwrap().text().await.unwrap()
    }

    pub(crate) async fn style_of(&self, selector: &str, property: &str) -> String {
        self.client.find(Locator::Css(selector)).await.unwrap().css_value(property).await.unwrap()
    }

    pub(crate) async fn visible_cookies(&self) -> String {
        let seen = self.client.execute("return document.cookie", Vec::new()).await.unwrap();
        seen.as_str().unwrap().to_owned()
    }

    pub(crate) async fn cookie_names(&self) -> Vec<String> {
        let cookies = self.client.get_all_cookies().await.unwrap();
        cookies.iter().map(|cookie| cookie.name().to_owned()).collect()
    }

    /// Leaves a picture of the page in the target directory.
    pub(crate) async fn photograph(&self, name: &str) {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
        fs::create_dir_all(&directory).unwrap();
        let picture = self.client.screenshot().await.unwrap();
        fs::write(directory.join(format!("{name}.png")), picture).unwrap();
    }

    pub(crate) async fn stop(mut self) {
        self.client.clone().close().await.unwrap();
        self.driver.kill().unwrap();
        self.driver.wait().unwrap();
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // A story that failed half-way has not stopped it.
        let _ended = self.driver.kill();
        let _status = self.driver.wait();
    }
}

fn program(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_| panic!("{variable} names no program; run `cargo xtask test`"))
}

fn start_driver() -> (Child, u16) {
    let mut command = Command::new(program("CLOAKROOM_CHROMEDRIVER"));
    let mut driver = command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(driver.stdout.take().unwrap());
    let mut line = String::new();
    let port = loop {
        line.clear();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "the driver did not start");
        if let Some((_, port)) = line.trim().trim_end_matches('.').rsplit_once("successfully on port ") {
            break port.parse().unwrap();
        }
    };
    // The rest of the output is read so that the driver never waits for us.
    std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
    (driver, port)
}

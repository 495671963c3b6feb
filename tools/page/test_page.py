"""Tests the page for operators in headless Chromium, while a backfill runs. Started by tools/test-page."""

import argparse
import contextlib
import pathlib
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))

from selenium.webdriver.common.keys import Keys  # noqa: E402

from browser import Browser  # noqa: E402
from served import Served, end_in_order, engines  # noqa: E402

NATIVE = "/gradus/v1"
HOSTILE_NAME = "<img src=x onerror=window.pwned=1>&amp;\"'"
# With a character that turns the direction of what follows: it is shown by its number.
HOSTILE_ERROR = "<script>window.pwned = 2</script><b>no such table</b>: \u202e </pre> ' {{7*7}}"
# Slow enough that there is something to see all the time.
CONFIG = "background_updates:\n  sleep_duration_ms: 400\n  max_batch_size: 100\n"


class Results:
    def __init__(self):
        self.passed, self.failed = 0, 0
        self.engine = ""

    def check(self, what, is_right, detail=""):
        if is_right:
            self.passed += 1
        else:
            self.failed += 1
        mark = "pass" if is_right else "FAIL"
        print(f"{mark}  {self.engine}: {what}" + (f": {detail}" if detail != "" and not is_right else ""), flush=True)

    @contextlib.contextmanager
    def part(self, what):
        """A part that breaks down is a failure, and the next one goes on."""
        try:
            yield
        except Exception:
            self.check(what, False, traceback.format_exc())


def progress_of(browser):
    return browser.js("""
      const bar = document.querySelector('.update[data-state=running] [role=progressbar][aria-valuenow]');
      return bar && [document.getElementById(bar.getAttribute('aria-labelledby')).textContent,
        Number(bar.getAttribute('aria-valuenow')), bar.getAttribute('aria-valuetext')]""")


def card(name):
    return f"[...document.querySelectorAll('.update')].find(c => c.querySelector('h4').textContent === {name!r})"


def sign_in(results, browser, server):
    browser.open(server.base + "/")
    results.check("asks for a token", browser.until("!document.getElementById('gate').hidden"))
    results.check("the title says so", browser.until("document.title.startsWith('Token needed')"), browser.driver.title)
    results.check("the token's field has the focus", browser.js("return document.activeElement.id") == "token")
    browser.keys("a-wrong-token-of-some-length", Keys.ENTER)
    results.check("a wrong token is told", browser.until("document.getElementById('gate-wrong').textContent.includes('not know')"))
    browser.js("document.getElementById('token').value = ''")
    browser.keys(server.admin_token, Keys.ENTER)
    results.check("a right token lets in", browser.until("!document.getElementById('content').hidden"))
    kept = browser.js("return [sessionStorage.length, localStorage.length, location.href]")
    results.check("the token is kept for the tab alone", kept[:2] == [1, 0] and server.admin_token not in kept[2], kept)
    browser.driver.refresh()
    results.check("a reload asks for no token", browser.until("!document.getElementById('content').hidden") and not browser.is_shown("#gate"))


def bars_move(results, browser):
    browser.until("document.querySelector('.update[data-state=running] [aria-valuenow]') !== null", 60)
    browser.js("document.querySelector('.update').marked = true; document.querySelector('.update[data-state=running] .actions button:last-child').focus()")
    seen, shown = set(), []
    end = time.monotonic() + 40
    while len(seen) < 3 and time.monotonic() < end:
        if now := progress_of(browser):
            seen.add(now[:2][1])
            shown.append(now)
        time.sleep(0.5)
    results.check("a bar moves", len(seen) >= 3, shown[-3:])
    results.check("it is named and says what it shows",
                  any("rows" in s[2] and "%" in s[2] for s in shown) and bool(shown and shown[0][0]), shown[-1:])
    results.check("rate and time left are shown", browser.until("/rows\\/s.*left/.test(document.querySelector('.update[data-state=running] .line')?.textContent)"),
                  browser.text(".update[data-state=running] .line"))
    results.check("elements stay the same", browser.js("return [...document.querySelectorAll('.update')].some(u => u.marked)"))
    results.check("the focus stays", browser.js("return document.activeElement.tagName") in ("BUTTON", "H3", "H4"), browser.focused())
    results.check("the title has the progress", browser.until("/^[0-9.]+ % /.test(document.title)"), browser.driver.title)


def by_keyboard(results, browser, server):
    name = server.get(f"{NATIVE}/updates")["updates"][0]["name"]
    browser.driver.refresh()
    browser.until("!document.getElementById('content').hidden")
    browser.keys(Keys.TAB)
    results.check("the skip link is first", browser.focused().startswith("Skip"), browser.focused())
    browser.keys(Keys.ENTER)
    results.check("it leads to the content", browser.js("return document.activeElement.id") == "main")
    found = browser.tab_to(f"Pause {name}")
    results.check("Tab leads to Pause", found, browser.focused())
    outline = browser.js("return getComputedStyle(document.activeElement).outlineStyle")
    results.check("the focus can be seen", outline != "none", outline)
    before = browser.js("return document.activeElement")
    browser.keys(Keys.ENTER)
    results.check("Enter pauses", browser.until(f"{card(name)}?.dataset.state === 'paused'"))
    results.check("the server says so", server.get(f"{NATIVE}/updates/{name}")["state"] == "paused")
    results.check("the button is Resume then, and keeps the focus",
                  browser.until("document.activeElement.textContent.startsWith('Resume')")
                  and browser.js("return document.activeElement") == before, browser.focused())
    browser.keys(Keys.ENTER)
    results.check("Enter resumes", browser.until(f"{card(name)} && {card(name)}.dataset.state !== 'paused'"))

    browser.js("document.getElementById('main').focus()")
    browser.tab_to("Pause all")
    browser.keys(Keys.ENTER)
    results.check("to pause all is asked about", browser.until("document.getElementById('ask').open"))
    results.check("the dialog has the focus", browser.js("return document.getElementById('ask').contains(document.activeElement)"))
    browser.keys(Keys.ESCAPE)
    results.check("Escape closes it, and the focus goes back",
                  browser.until("!document.getElementById('ask').open") and browser.focused().startswith("Pause all"), browser.focused())
    browser.keys(Keys.ENTER)
    browser.tab_to("Pause all", 5)
    browser.keys(Keys.ENTER)
    results.check("all updates are paused", browser.until("!document.getElementById('all-paused').hidden"))
    results.check("the server says that, too", server.get(f"{NATIVE}/status")["paused"] is True)
    results.check("and the title", browser.until("document.title.includes('Paused')"), browser.driver.title)
    browser.until("!document.getElementById('ask').open")
    browser.until("document.activeElement.textContent.startsWith('Resume all')")
    browser.keys(Keys.ENTER)
    browser.tab_to("Resume all", 5)
    browser.keys(Keys.ENTER)
    results.check("and go on", browser.until("document.getElementById('all-paused').hidden"))


def priority(results, browser, server):
    name = server.get(f"{NATIVE}/updates")["updates"][-1]["name"]
    browser.js(f"const c = {card(name)}; c.querySelector('details').open = true; c.querySelector('input').focus(); c.querySelector('input').select()")
    browser.keys("7")
    time.sleep(5)
    results.check("what is typed survives polls", browser.js("return document.activeElement.value") == "7")
    browser.keys(Keys.ENTER)
    results.check("the priority is set", browser.until("window.spoken.some(t => t.includes('priority'))")
                  and server.get(f"{NATIVE}/updates/{name}")["priority"] == 7)
    browser.js("document.activeElement.value = ''")
    browser.keys(Keys.ENTER)
    time.sleep(1)
    results.check("none is not taken for 0", server.get(f"{NATIVE}/updates/{name}")["priority"] == 7)
    server.post(f"{NATIVE}/updates/{name}/priority", {"priority": 0})


def revoked(results, browser, server):
    """The token is not known any more, while a question is open."""
    browser.js("document.getElementById('pause-all').click()")
    browser.until("document.getElementById('ask').open")
    browser.js("token.value = 'a-token-that-was-good-once'")
    results.check("a token that is not known any more is asked for anew", browser.until("!document.getElementById('gate').hidden", 15))
    results.check("the question goes, and the token's field has the focus",
                  browser.js("return [document.getElementById('ask').open, document.activeElement.id]") == [False, "token"], browser.focused())
    browser.keys(server.admin_token, Keys.ENTER)
    results.check("a right token lets in again", browser.until("!document.getElementById('content').hidden"))


def hostile(results, browser, server):
    quoted = [text.replace("'", "''") for text in (HOSTILE_NAME, HOSTILE_ERROR)]
    server.database.run(f"INSERT INTO background_updates (update_name, progress_json, ordering) VALUES ('{quoted[0]}', '{{}}', 9900);\n"
                        "INSERT INTO gradus_update_controls (update_name, parked_at, parked_by, parked_reason) "
                        f"VALUES ('{quoted[0]}', 1, 'a test', '{quoted[1]}')")
    find = f"[...document.querySelectorAll('.update')].find(c => c.querySelector('h4').textContent === {HOSTILE_NAME!r})".replace("\\'", "\\'")
    results.check("a parked update is shown", browser.until(f"{find}?.dataset.state === 'parked'"))
    shown = browser.js(f"return {find}?.querySelector('.failure').textContent")
    results.check("its error is shown as text", shown == HOSTILE_ERROR.replace("\u202e", r"\u202e"), shown)
    results.check("nothing of it is markup", browser.js("return document.querySelectorAll('main img, main script, main b').length === 0 && window.pwned === undefined"))
    results.check("that it is parked is announced", browser.until("window.spoken.some(t => t.includes('is parked'))"), browser.js("return spoken"))
    results.check("and in the title", browser.until("document.title.includes('1 parked')"), browser.driver.title)
    server.database.run("INSERT INTO background_updates (update_name, progress_json, ordering) VALUES ('..', '{}', 9901)")
    browser.until(f"{card('..')}?.checkVisibility()")
    browser.js(f"{card('..')}.querySelector('.actions button:last-child').click()")
    results.check("a name that is a folder to a browser is refused", browser.until("window.spoken.some(t => t.includes('cannot ask for'))"))
    results.check("and not taken for all updates", server.get(f"{NATIVE}/status")["paused"] is False)
    server.database.run("DELETE FROM background_updates WHERE update_name = '..'")
    return find


def retry(results, browser, find):
    browser.js(f"{find}.querySelector('.actions button').focus()")
    browser.keys(Keys.ENTER)
    results.check("Retry takes it out of parking", browser.until(f"{find}.dataset.state !== 'parked'"))
    results.check("the focus stays with the update", browser.js(f"return {find}.contains(document.activeElement)"))


def job(results, browser, server):
    browser.js("[...document.querySelectorAll('#jobs button')].find(b => b.textContent.includes('event_resign')).focus()")
    browser.keys(Keys.ENTER)
    browser.until("document.getElementById('ask').open")
    labels = browser.js("return [...document.querySelectorAll('#ask label')].map(l => l.textContent)")
    results.check("a job's parameters are asked for", labels == ["old_key", "before_ts"], labels)
    browser.keys("ed25519:<b>", Keys.TAB, "12x", Keys.ENTER)
    results.check("a wrong one is told", browser.until("document.getElementById('ask-wrong').textContent.includes('whole number')"))
    browser.keys(Keys.BACKSPACE, "34567890123456789", Keys.ENTER)
    results.check("the job is queued", browser.until("!document.getElementById('ask').open"), browser.text("#ask-wrong"))
    progress = server.get(f"{NATIVE}/updates/event_resign")["progress"]
    results.check("with all digits", progress == '{"old_key": "ed25519:<b>", "before_ts": 1234567890123456789}', progress)


def looks(results, browser, folder):
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        for width, height, scale in ((1280, 900, 1), (640, 450, 2), (320, 640, 1)):
            browser.size(width, height, scale)
            time.sleep(0.4)
            over = browser.js("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            results.check(f"{scheme}, {width} px: nothing to scroll sideways", over[0] <= over[1], over)
            found = browser.audit()
            results.check(f"{scheme}, {width} px: the audit finds nothing", not found, "\n".join(found))
            browser.screenshot(folder / f"{results.engine}-{scheme}-{width}.png")
    browser.scheme("light")
    browser.size(1280, 900)
    browser.js("document.getElementById('pause-all').click()")
    found = browser.audit()
    results.check("the dialog: the audit finds nothing", not found, "\n".join(found))
    browser.screenshot(folder / f"{results.engine}-dialog.png")
    browser.keys(Keys.ESCAPE)


def hidden(results, browser):
    asked = "return performance.getEntriesByType('resource').filter(e => e.name.includes('/status')).length"
    browser.js("performance.setResourceTimingBufferSize(100000); performance.clearResourceTimings();"
               "Object.defineProperty(document, 'hidden', {value: true, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))")
    time.sleep(2)
    before = browser.js(asked)
    time.sleep(5)
    results.check("a hidden tab asks nothing", browser.js(asked) == before)
    browser.js("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    results.check("and goes on when it is seen", browser.until(f"(() => {{ {asked} }})() > {before}", 5))


def unreachable(results, browser):
    """A database that cannot be looked at, as the API tells it where there are several."""
    browser.js("""
      const fetch = window.fetch; window.restore = () => { window.fetch = fetch; }; window.heard = window.spoken.length;
      window.fetch = async (url, options) => {
        const answer = await fetch(url, options);
        if (!String(url).endsWith('/gradus/v1/status')) return answer;
        const status = await answer.json(), error = 'the database cannot be reached';
        status.databases = status.databases.map(d => ({...d, updates: [], error, refusal: error}));
        return new Response(JSON.stringify(status));
      };""")
    results.check("what is in a database is shown", browser.until("document.querySelector('.facts')?.checkVisibility() && document.querySelector('.update')?.checkVisibility()"))
    told = "[...document.querySelectorAll('#databases .notice')].some(n => n.checkVisibility() && n.textContent.includes('cannot be reached'))"
    results.check("a database that cannot be looked at says why", browser.until(told))
    results.check("and nothing of what is in it", not browser.is_shown(".facts") and not browser.is_shown(".update"))
    time.sleep(5)
    browser.js("window.restore()")
    results.check("it comes back", browser.until("document.querySelector('.update')?.checkVisibility()") and not browser.js(f"return {told}"))
    said = browser.js("return window.spoken.slice(window.heard)")
    results.check("its updates are not said to have gone", not any("left the queue" in text for text in said), said)


def completion(results, browser):
    results.check("a completion is announced", browser.until("window.spoken.some(t => t.includes('is complete'))", 90), browser.js("return spoken"))
    results.check("its certificate is shown", browser.until(
        "[...document.querySelectorAll('.panel > details[open] tbody th')].some(h => window.spoken.some(t => t.includes(`${h.textContent} is complete.`)))"))


def many(results, browser, server):
    """More certificates than a browser is to draw at each look, of updates that left rows out."""
    rows = ", ".join(f"('old_{n}', {n}, 'a test', 5, 2, 4, 1, '{{\"no text\": 3}}', 'nothing')" for n in range(1, 251))
    server.database.run("INSERT INTO gradus_update_certificates (update_name, completed_at, completed_by, scanned, written, batches, "
                        f"duration_ms, skipped, verified) VALUES {rows}")
    browser.js("state.certificatesAt = 0")
    count = "document.querySelectorAll('.panel > details tbody tr').length"
    results.check("of many certificates the newest are shown", browser.until(f"{count} === 200", 30), browser.js(f"return {count}"))
    results.check("with what was left out", "no text: 3" in browser.text(".panel > details table"))
    browser.js("document.querySelector('.panel > details > button').focus()")
    browser.keys(Keys.ENTER)
    results.check("and all where that is asked for", browser.until(f"{count} > 250"), browser.js(f"return {count}"))
    results.check("the focus is at their heading", browser.js("return document.activeElement.tagName") == "SUMMARY", browser.focused())
    server.database.run("DELETE FROM gradus_update_certificates WHERE completed_by = 'a test'")
    browser.js("state.certificatesAt = 0")
    results.check("they go with their rows", browser.until(f"{count} < 200", 30), browser.js(f"return {count}"))


def read_only(results, browser, server, folder):
    browser.js("document.getElementById('leave').click()")
    browser.until("!document.getElementById('gate').hidden")
    results.check("the token can be forgotten", browser.js("return sessionStorage.length") == 0)
    found = browser.audit()
    results.check("the token form: the audit finds nothing", not found, "\n".join(found))
    browser.screenshot(folder / f"{results.engine}-token.png")
    browser.js("document.getElementById('token').focus()")
    browser.keys(server.read_token, Keys.TAB, Keys.SPACE, Keys.ENTER)
    browser.until("!document.getElementById('content').hidden")
    results.check("remembered where that is asked for", browser.js("return [sessionStorage.length, localStorage.length]") == [0, 1])
    state = browser.js("""
      const controls = [...document.querySelectorAll('#pause-all, .update button, .update input, #jobs button')];
      return [controls.length, controls.filter(c => c.getAttribute('aria-disabled') !== 'true').length]""")
    results.check("a token that may read disables what changes", state[0] > 3 and state[1] == 0, state)
    results.check("and the page says why", browser.is_shown("#readonly") and "may only read" in browser.text("#readonly"))
    browser.js("document.getElementById('pause-all').click(); document.querySelector('.update .actions button:last-child').click()")
    time.sleep(1)
    results.check("its clicks change nothing", server.get(f"{NATIVE}/status")["paused"] is False and not browser.js("return document.getElementById('ask').open"))
    paused = [u["name"] for u in server.get(f"{NATIVE}/updates")["updates"] if u["state"] == "paused"]
    results.check("nor pause an update", not paused, paused)
    browser.screenshot(folder / f"{results.engine}-readonly.png")


def loss(results, browser, server, folder):
    port = server.port
    browser.js("performance.clearResourceTimings()")
    server.stop()
    results.check("a lost connection is shown", browser.until("document.getElementById('lost-text').textContent.startsWith('Connection lost')", 15))
    results.check("and announced, and in the title", browser.until("document.title.includes('Connection lost')")
                  and browser.js("return spoken.some(t => t.includes('connection is lost'))"))
    results.check("what was known stays", browser.is_shown("#databases .panel"))
    browser.screenshot(folder / f"{results.engine}-lost.png")
    server.start(port=port)
    server.wait_until_ready()
    browser.js("document.getElementById('again').click()")
    results.check("it comes back", browser.until("document.getElementById('link').textContent === 'Live'", 40), browser.text("#lost-text"))
    asked = browser.js("return performance.getEntriesByType('resource').map(e => e.name.split('/').pop())")
    results.check("and is asked anew for what another release may have otherwise",
                  {"openapi.json", "token", "jobs"} <= set(asked), asked)


def clean(results, browser):
    violations = browser.js("return window.violations")
    results.check("nothing broke the page's policy", not violations, violations)
    # Refused requests and a lost server are what the tests are about.
    bad = [m["message"] for m in browser.collect() if m["level"] in ("SEVERE", "WARNING") and m["source"] != "network"]
    results.check("no errors in the console", not bad, bad)


def test(results, browser, binary, engine, folder):
    results.engine = engine
    with Served(binary, engine, rooms=600, memberships=12000, config=CONFIG) as server:
        server.wait_until_ready()
        parts = [
            lambda: sign_in(results, browser, server), lambda: bars_move(results, browser),
            lambda: by_keyboard(results, browser, server), lambda: priority(results, browser, server),
            lambda: revoked(results, browser, server), lambda: job(results, browser, server),
        ]
        for part in parts:
            with results.part("a part of the test"):
                part()
        with results.part("hostile texts"):
            find = hostile(results, browser, server)
            looks(results, browser, folder)
            retry(results, browser, find)
        for part in [
            lambda: hidden(results, browser), lambda: unreachable(results, browser), lambda: completion(results, browser),
            lambda: many(results, browser, server),
            lambda: clean(results, browser), lambda: read_only(results, browser, server, folder),
            lambda: loss(results, browser, server, folder), lambda: clean(results, browser),
        ]:
            with results.part("a part of the test"):
                part()


def test_without_tokens(results, browser, binary):
    results.engine = "sqlite, no tokens"
    with Served(binary, "sqlite", rooms=20, memberships=100, tokens=False) as server:
        server.wait_until_ready()
        with results.part("no tokens"):
            browser.open(server.base + "/")
            results.check("works at once", browser.until("!document.getElementById('content').hidden") and not browser.is_shown("#gate"))
            results.check("changes are allowed", browser.js("return document.getElementById('pause-all').getAttribute('aria-disabled')") is None)
            browser.js("document.getElementById('pause-all').click(); document.getElementById('ask-yes').click()")
            results.check("and done", browser.until("!document.getElementById('all-paused').hidden"))
            clean(results, browser)


def main():
    end_in_order()
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, help="the homeserver program")
    parser.add_argument("--engine", choices=["sqlite", "postgres", "all"], default="all")
    parser.add_argument("--screenshots", help="the folder for screenshots; a temporary one, removed at the end, by default")
    options = parser.parse_args()
    results = Results()
    with tempfile.TemporaryDirectory(prefix="gradus-page.", ignore_cleanup_errors=True) as temporary:
        folder = pathlib.Path(options.screenshots or f"{temporary}/screenshots")
        folder.mkdir(parents=True, exist_ok=True)
        for engine in engines(options.engine):
            browser = Browser(f"{temporary}/profile-{engine}")
            try:
                test(results, browser, options.binary, engine, folder)
                if engine == engines(options.engine)[0]:
                    test_without_tokens(results, browser, options.binary)
            except Exception:
                results.check("the test ran to its end", False, traceback.format_exc())
            finally:
                browser.close()
    print(f"{results.passed} passed, {results.failed} failed")
    sys.exit(1 if results.failed else 0)


if __name__ == "__main__":
    main()

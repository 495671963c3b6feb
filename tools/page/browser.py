"""Headless Chromium, as the tests of the page use it."""

import base64
import json
import shutil
import time
from importlib import resources

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

# Runs before the page's own script: what the page must not do, and what it says to those who hear.
WATCH = """
window.violations = []; window.spoken = [];
document.addEventListener('securitypolicyviolation', e => violations.push(`${e.violatedDirective} ${e.blockedURI}`));
document.addEventListener('DOMContentLoaded', () => {
  const news = document.getElementById('news');
  if (news) new MutationObserver(() => spoken.push(news.textContent)).observe(news, {childList: true, characterData: true, subtree: true});
});
"""


class Browser:
    """A tab. Texts are read as the page has them, waits poll."""

    def __init__(self, profile):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or "chromium"
        for flag in [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--hide-scrollbars", f"--user-data-dir={profile}",
        ]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        self.messages = []
        self.size(1280, 900)

    def close(self):
        self.driver.quit()

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def open(self, url):
        self.driver.get(url)

    def size(self, width, height, scale=1):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)

    def scheme(self, name):
        self.cdp("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": name}, {"name": "prefers-reduced-motion", "value": "reduce"}])

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def until(self, script, seconds=20, *arguments):
        """Waits until an expression is true; gives its value, or what it last was."""
        end = time.monotonic() + seconds
        while True:
            value = self.js(f"return {script}", *arguments)
            if value or time.monotonic() > end:
                return value
            time.sleep(0.1)

    def text(self, selector):
        return self.js("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def is_shown(self, selector):
        return self.js("return document.querySelector(arguments[0])?.checkVisibility() ?? false", selector)

    def keys(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self):
        return self.js("return document.activeElement.textContent.trim() || document.activeElement.id")

    def tab_to(self, text, most=120):
        """Tabs until the focused element's text begins so. Whether there was one."""
        for _ in range(most):
            self.keys(Keys.TAB)
            if self.focused().startswith(text):
                return True
        return False

    def collect(self):
        """The messages of the console since the last time."""
        self.messages += self.driver.get_log("browser")
        return self.messages

    def screenshot(self, path):
        size = self.js("return [document.documentElement.clientWidth, document.documentElement.scrollHeight]")
        image = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": size[0], "height": min(size[1], 6000), "scale": 1})
        path.write_bytes(base64.b64decode(image["data"]))

    def audit(self):
        """What axe finds, as lines; all but minor things."""
        if not self.js("return 'axe' in window"):
            script = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
            # By the protocol: it is no script of the page, whose policy would refuse it.
            self.cdp("Runtime.evaluate", expression=script)
        answer = self.cdp("Runtime.evaluate", awaitPromise=True, returnByValue=True, expression="""
          axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations.map(v => ({
            id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 5).map(n => n.html + ' ' + n.any.map(a => a.message).join('; '))}))))""")
        if "value" not in answer["result"]:
            raise RuntimeError(f"the audit failed: {answer}")
        return [f"{v['id']} ({v['impact']}): {v['help']}: {v['nodes']}" for v in json.loads(answer["result"]["value"])
                if v["impact"] != "minor"]

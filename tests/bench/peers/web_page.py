# SPDX-License-Identifier: GPL-3.0-or-later
"""How long MLflow's own web page needs for the list of runs in a real browser: web_page.py URL EXPERIMENT-ID TEXT TIMES prints one line of JSON
{"browser","first_s":[…],"rows"}: from the navigation until TEXT, the name of the newest run, stands in the page's document (and a frame was painted
after it), once for each load. The browser is warm: started, and its cache filled by a load before that is not counted. Chromium, headless, is
steered through its pipe (--remote-debugging-pipe); PILOTHOUSE_CHROMIUM names it, else it is looked for on PATH. Exit 3: there is none."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

# Runs in the page before its own scripts: when the text is there, and the next frame after it.
WATCH = """
(() => {
  const wanted = %s;
  const look = () => {
    const root = document.body;
    if (!root || !root.textContent.includes(wanted)) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.__seen = performance.now(); }));
  };
  const observer = new MutationObserver(look);
  observer.observe(document, {childList: true, subtree: true, characterData: true});
})();
"""


class Browser:
    def __init__(self, program, folder):
        to_read, self.to = os.pipe()
        self.back, back_write = os.pipe()

        def pipes():  # Chromium reads from 3 and writes to 4
            os.dup2(to_read, 103)
            os.dup2(back_write, 104)
            os.dup2(103, 3)
            os.dup2(104, 4)
            for fd in (3, 4):
                os.set_inheritable(fd, True)

        options = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-gpu", "--window-size=1440,900",
                   f"--user-data-dir={folder}/profile"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
        self.log = open(folder / "chromium.log", "wb")
        self.process = subprocess.Popen([program, *options, "about:blank"], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, preexec_fn=pipes, close_fds=False, start_new_session=True,
                                        env=dict(os.environ, HOME=str(folder)))
        os.close(to_read)
        os.close(back_write)
        self.rest, self.number, self.session = b"", 0, None

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                piece = os.read(self.back, 65536)
                if not piece:
                    raise RuntimeError("the browser has ended")
                self.rest += piece
            text, self.rest = self.rest.split(b"\0", 1)
            reply = json.loads(text)
            if reply.get("id") == self.number:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error'].get('message')}")
                return reply["result"]

    def value(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def end(self):
        try:
            self.session = None
            self.call("Browser.close")
        except (OSError, RuntimeError):
            pass
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def load(browser, address, text):
    """Seconds until the text was painted, in a page of its own."""
    browser.session = None
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    browser.call("Page.enable")
    browser.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH % json.dumps(text))
    browser.call("Page.navigate", url=address)
    end = time.monotonic() + 180
    while (seen := browser.value("window.__seen")) is None:
        if time.monotonic() > end:
            raise RuntimeError(f"“{text}” did not come in 180 s: " + str(browser.value("document.body && document.body.innerText.slice(0, 300)")))
        time.sleep(0.02)
    rows = browser.value("document.querySelectorAll('[role=row]').length")
    browser.session = None
    browser.call("Target.closeTarget", targetId=target)
    return seen / 1000, rows


def main():
    url, experiment, text, times = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    named = os.environ.get("PILOTHOUSE_CHROMIUM")
    program = named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        print("no browser is here: apt-get install chromium, or PILOTHOUSE_CHROMIUM names one", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory(prefix="pilothouse-page-", ignore_cleanup_errors=True) as folder:
        browser = Browser(program, pathlib.Path(folder))
        try:
            version = browser.call("Browser.getVersion")["product"]
            address = f"{url}/#/experiments/{experiment}/runs"
            seen = [load(browser, address, text) for _ in range(times + 1)]
        finally:
            browser.end()
    print(json.dumps({"browser": version, "first_s": [round(s, 3) for s, _ in seen[1:]], "rows": seen[-1][1]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

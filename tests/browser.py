"""A person's browser at the workstation: Chromium without a window, driven over the pipe that it was born with.

A test hands in a few lines of Python; they run there after the lines of PRELUDE. Passwords go over stdin.
"""

# The DevTools protocol (https://chromedevtools.github.io/devtools-protocol/): JSON, each message ended by a zero byte.
# Waits are polls: a machine that is busy with other tests is only slower. The administration's authority is trusted as
# on any desk of it, and no other is added: a wrong certificate is an error page, and no test passes on that.
PRELUDE = r"""
import base64, fcntl, json, os, select, shutil, signal, subprocess, sys, tempfile, time
given = json.loads(sys.stdin.readline())
AUTHORITY = "/etc/ssl/administration/ca.crt"

class Browser:
    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="browser-")
        store = f"{self.home}/.pki/nssdb"
        os.makedirs(store)
        for words in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "authority", "-i", AUTHORITY]):
            subprocess.run(["certutil", "-d", f"sql:{store}", *words], check=True, timeout=60)
        (theirs, self.write), (self.read, answers) = os.pipe(), os.pipe()
        theirs, answers = (fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs, answers))
        self.process = subprocess.Popen(
            ["chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--disable-background-networking", "--window-size=1400,1000", f"--user-data-dir={self.home}/profile",
             "--remote-debugging-pipe", "about:blank"],
            preexec_fn=lambda: (os.dup2(theirs, 3), os.dup2(answers, 4)), pass_fds=(3, 4), start_new_session=True,
            env={**os.environ, "HOME": self.home}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs), os.close(answers)
        self.count, self.heard, self.session, self.dialogs = 0, b"", None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=given.get("script", ""))
    def __enter__(self):
        return self
    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
    def call(self, method, seconds=90, **parameters):
        number = self.say(method, **parameters)
        deadline = time.monotonic() + seconds
        while True:
            while b"\0" not in self.heard:
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([self.read], [], [], left)[0]:
                    raise TimeoutError(method)
                more = os.read(self.read, 1 << 20)
                if not more:
                    raise EOFError(method)
                self.heard += more
            line, _, self.heard = self.heard.partition(b"\0")
            told = json.loads(line)
            if told.get("method") == "Page.javascriptDialogOpening":
                self.dialogs.append(told["params"]["message"])
                self.say("Page.handleJavaScriptDialog", accept=True)
            if told.get("id") == number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                return told["result"]
    def say(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        return self.count
    def ask(self, expression):
        "What an expression is in the page; None while the page is between two."
        try:
            told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        except RuntimeError:
            return None
        if "exceptionDetails" in told:
            return None
        return told["result"].get("value")
    def until(self, expression, seconds=60):
        "What an expression is, once it is something."
        deadline = time.monotonic() + seconds
        while not (answer := self.ask(expression)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{expression}\n{self.ask('location.href')}\n{self.text()}")
            time.sleep(0.2)
        return answer
    def go(self, url):
        "Open an address; whether its page came, and not one that says why not."
        failed = self.call("Page.navigate", url=url).get("errorText")
        if failed:
            raise ConnectionError(f"{url}: {failed}")
        self.until("document.readyState == 'complete'")
    def text(self):
        return self.ask("document.body && document.body.innerText") or ""
    def fill(self, selector, value):
        quoted = json.dumps(selector)
        self.until(f"!!document.querySelector({quoted})")
        self.until(f"(() => {{ const field = document.querySelector({quoted}); field.focus();"
                   f" field.value = {json.dumps(value)};"
                   " for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {bubbles: true}));"
                   " return true; })()")
    def type(self, selector, text):
        "Key by key, as what completes words wants it."
        quoted = json.dumps(selector)
        self.until(f"(() => {{ const field = document.querySelector({quoted}); field && field.focus();"
                   " return !!field && document.activeElement == field; })()")
        for letter in text:
            key = {"key": letter, "windowsVirtualKeyCode": ord(letter.upper())}
            self.call("Input.dispatchKeyEvent", type="keyDown", text=letter, **key)
            self.call("Input.dispatchKeyEvent", type="keyUp", **key)
    def click(self, selector):
        quoted = json.dumps(selector)
        self.until(f"!!document.querySelector({quoted})")
        self.ask(f"document.querySelector({quoted}).click()")
    def attach(self, selector, path):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[path])
    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

def tell(**what):
    print(json.dumps(what), flush=True)
"""

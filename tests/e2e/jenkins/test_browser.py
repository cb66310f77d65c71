"""Pages and forms in a real browser, which enforces Jenkins' Content Security Policy: nothing on them is refused, no script fails."""
import os
import sys
import time
import unittest

from case import Case, wait_for
from controller import USERS
from harness import TOOLS
from jobs import pipeline

sys.path.append(os.path.join(os.path.dirname(TOOLS), "selenium"))
try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
except ImportError:
    webdriver = None

DRIVER = "/usr/bin/chromedriver"


@unittest.skipUnless(webdriver and os.path.exists(DRIVER), "there is no Chromium with Selenium (scripts/setup browser)")
class Browser(Case):
    def setUp(self):
        options = webdriver.ChromeOptions()
        for option in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,2000"):
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.browser = webdriver.Chrome(service=Service(DRIVER), options=options)
        self.addCleanup(self.browser.quit)
        self.open("login")
        self.browser.find_element(By.NAME, "j_username").send_keys("admin")
        self.browser.find_element(By.NAME, "j_password").send_keys(USERS["admin"])
        self.browser.find_element(By.NAME, "Submit").click()
        wait_for("the dashboard", lambda: "Dashboard" in self.browser.title)
        self.assert_no_complaints()

    def open(self, path):
        self.browser.get(self.controller.url + path)

    def find(self, selector):
        """Elements that can be seen, once there are some."""
        return wait_for(selector, lambda: [
            found for found in self.browser.find_elements(By.CSS_SELECTOR, selector) if found.is_displayed()], 30)

    def assert_no_complaints(self):
        """Of the browser: about scripts that failed, and what the policy refused."""
        self.assertEqual([entry for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"], [])

    def test_the_page_of_a_build(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition(self.world.base) + """
            def web = containerBuild definition: 'pinnace.yaml', tags: ['web:browser'], registry: 'ci'
            containerPromote image: web.reference, to: 'test', tag: 'browser', reason: '<b>sprint</b>'
        }""").succeed()
        digest = build.containers()["images"][0]["digest"]
        self.open(build.path)
        [link] = [link for link in self.find("a.task-link") if link.text == "Containers"]
        link.click()
        self.assertIn(digest[:19], self.find("#main-panel code")[0].text)
        self.assertIn("<b>sprint</b>", self.find("#main-panel")[0].text)
        self.assertEqual([title.text for title in self.find("#main-panel h2")],
                         [f"{self.world.ci.host}/web:browser", "Promotions"])
        self.copy_first(digest)

        layers = self.browser.find_element(By.CSS_SELECTOR, "details li")
        self.assertFalse(layers.is_displayed())
        self.find("details:has(li) > summary")[0].click()
        self.assertTrue(layers.is_displayed())
        whole = self.browser.find_element(By.CSS_SELECTOR, "#main-panel details code")
        self.assertFalse(whole.is_displayed())
        self.find("#main-panel details summary")[0].click()
        self.assertEqual(whole.text, digest)
        self.assert_no_complaints()

    def test_the_page_fits_a_narrow_window(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition(self.world.base) + """
            def web = containerBuild definition: 'pinnace.yaml', tags: ['a-team/with-a-long-name/web:narrow'], registry: 'ci'
            containerPromote image: web.reference, to: 'test', tag: 'narrow'
        }""").succeed()
        self.assertLessEqual(self.widest(build), 400)
        self.assert_no_complaints()

    def test_what_changed_fits_a_narrow_window(self):
        job = self.jobs.create(pipeline("node('agent') {\n" + self.world.definition() + """
            containerBuild definition: 'pinnace.yaml', tags: ["web:narrow-${BUILD_NUMBER}"], registry: 'ci',
              labels: ["long=${'very-' * 100}${BUILD_NUMBER}", "other=<b>${BUILD_NUMBER}</b>"]
        }"""))
        self.jobs.start(job).succeed()
        build = self.jobs.start(job).succeed()
        self.assertLessEqual(self.widest(build), 400)
        self.assertIn("<b>2</b>", self.find("#main-panel pre")[0].text)
        self.assert_no_complaints()

    def test_a_damaged_file_is_told(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition() +
                              "containerBuild definition: 'pinnace.yaml', tags: ['web:damaged'], registry: 'ci'\n}").succeed()
        job, number = build.path.split("/")[1:3]
        file = os.path.join(self.controller.home, "jobs", job, "builds", number, "pinnace/containers.json")
        with open(file, "w") as damaged:
            damaged.write('{"version": 1, "images": [')
        self.open(build.path + "containers/")
        self.assertIn("is damaged", self.find("#main-panel .jenkins-alert-danger")[0].text)
        self.assertIn("containers.json", self.controller.log())

    def widest(self, build):
        """Where the build's page ends on the right, unfolded in a window of 400 pixels."""
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                     {"width": 400, "height": 2000, "deviceScaleFactor": 1, "mobile": True})
        self.open(build.path + "containers/")
        for folded in self.browser.find_elements(By.CSS_SELECTOR, "#main-panel details"):
            self.browser.execute_script("arguments[0].open = true", folded)
        return self.browser.execute_script(
            "return Math.max(...[...document.querySelectorAll('#main-panel *')]"
            ".map(element => element.getBoundingClientRect().right))")

    def copy_first(self, expected):
        self.browser.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite",
                                                                                  "clipboardSanitizedWrite"]})

        def copied():
            self.find(".jenkins-copy-button")[0].click()  # does nothing before Jenkins' scripts have run
            return self.find(".jenkins-copy-button--copied")

        wait_for("the digest to be copied", copied)
        self.assertEqual(self.browser.execute_async_script(
            "navigator.clipboard.readText().then(arguments[0], error => arguments[0](String(error)))"), expected)

    def test_the_form_says_what_is_wrong(self):
        self.open("manage/configure")
        [url, *_] = self.find("input[name='_.url'][checkurl*='RegistryConfiguration']")

        def complaints():
            url.clear()
            url.send_keys("https://index.docker.io/v1/\t")  # noticed only when Jenkins' scripts have run
            time.sleep(2)
            return "Docker Hub is written docker.io" in self.find("#main-panel")[0].text

        wait_for("the complaint", complaints)
        self.assert_no_complaints()

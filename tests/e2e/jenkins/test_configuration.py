"""Configuration as code, folders, and what survives."""
import os
import re

from case import Case
from harness import write


class Configuration(Case):
    def exported(self):
        _, text = self.admin.post("configuration-as-code/export")
        found = re.search(r"(?m)^  pinnace:\n(?:    .*\n)+", text)
        self.assertIsNotNone(found, text)
        return found.group(0)

    def test_export_wipe_import(self):
        before = self.exported()
        self.assertIn(self.world.prod.host, before)
        wiped = self.groovy("""
            import io.jenkins.plugins.pinnace.configuration.PinnaceConfiguration
            PinnaceConfiguration.get().setRegistries([]); PinnaceConfiguration.get().setEnvironments([]); print 'ok'""")
        self.assertEqual(wiped, "ok")
        self.assertNotEqual(before, self.exported())
        file = os.path.join(self.controller.home, "again.yaml")
        write(file, "unclassified:\n" + before)
        said = self.groovy(f"io.jenkins.plugins.casc.ConfigurationAsCode.get().configure('{file}'); print 'ok'")
        self.assertEqual(said, "ok")
        self.assertEqual(before, self.exported())

    def test_a_folder_wins(self):
        package = "io.jenkins.plugins.pinnace.configuration"
        folder = self.jobs.folder(
            "team", f"<{package}.PinnaceFolderProperty><registries><{package}.RegistryConfiguration><name>ci</name>"
                    f"<url>{self.world.ci.host}/team</url><credentialsId>ci</credentialsId><plainHttp>true</plainHttp>"
                    f"</{package}.RegistryConfiguration></registries><environments/></{package}.PinnaceFolderProperty>")
        self.jobs.run("node('agent') {\n" + self.world.definition() +
                      "containerBuild definition: 'pinnace.yaml', tags: ['web:folder'], registry: 'ci'\n}",
                      folder=folder).succeed()
        self.assertIsNotNone(self.world.in_ci("team/web", "folder"))
        self.assertIsNone(self.world.in_ci("web", "folder"))

    def test_the_page_survives_a_new_name_and_another_folder(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition() +
                              "containerBuild definition: 'pinnace.yaml', tags: ['web:named'], registry: 'ci'\n}").succeed()
        before = build.containers()
        job = build.path.rsplit("/", 2)[0]
        self.admin.post(job + "/confirmRename", {"newName": "renamed"})
        self.assertEqual(self.admin.json("job/renamed/1/containers/api/json?depth=3")["images"], before["images"])
        folder = self.jobs.folder("archive")
        self.admin.post("job/renamed/move/move", {"destination": "/archive"})
        moved = folder + "job/renamed/1/containers/"
        self.assertEqual(self.admin.json(moved + "api/json?depth=3")["images"], before["images"])
        self.assertIn(before["images"][0]["digest"], self.admin.get(moved))

    def test_nothing_of_the_plugin_is_complained_about(self):
        complaints = [line for line in self.controller.log().splitlines()
                      if re.search(r"\b(WARNING|SEVERE)\b", line) and "pinnace" in line and "Audit#refused" not in line
                      and "containers.json" not in line]  # a test damages one
        self.assertEqual(complaints, [])

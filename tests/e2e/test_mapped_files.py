"""Files of the context that another program writes through a mapping, as databases do: their times may stay as they are."""
import mmap
import os
import time

from harness import Case


class MappedFiles(Case):
    def test_the_second_write_is_in_the_image(self):
        project = self.files("project", {"db": bytes(8192), "Containerfile": "FROM scratch\nCOPY db /db\n",
                                         "pinnace.yaml": "version: 1\nbase: scratch\nartifacts: [{from: db, to: /}]\n"})
        with open(os.path.join(project, "db"), "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
            memory[0:5] = b"first"
            time.sleep(2.1)  # files that changed within two seconds are never remembered
            definitions = ("Containerfile", "pinnace.yaml")
            before = [self.build(project, name) for name in definitions]
            memory[0:6] = b"second"
            after = [self.build(project, name) for name in definitions]
        for old, new in zip(before, after):
            self.assertNotEqual(old, new)
        self.assertEqual(after, [self.build(project, name, "--no-cache") for name in definitions])

    def build(self, project, name, *arguments):
        return self.pinnace("build", *arguments, "-f", name, "-t", f"oci:{self.path('out')}:1", cwd=project).digest

#!/usr/bin/env python3
"""What can be checked of the Jenkins plugin without Jenkins: its forms, helps, messages and documentation fit its classes."""

import re
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
JAVA = ROOT / "plugin/src/main/java"
RESOURCES = ROOT / "plugin/src/main/resources"
DOCS = ROOT / "docs/jenkins"
PACKAGE = "io/jenkins/plugins/pinnace"
FORM = "{/lib/form}"
BUILD_STEPS = {"containerBuild", "containerPin", "containerInspect", "containerPromote", "containerDiff", "containerSign",
               "containerVerify"}  # of freestyle projects, too
STEPS = BUILD_STEPS | {"withContainer"}
STEP_NAME = r'super\("(container\w+|withContainer)"'


def java_files():
    return sorted(JAVA.rglob("*.java"))


def decapitalized(name):
    return name[0].lower() + name[1:]


def parameters_of(source):
    """What forms and Jenkinsfiles can set: arguments of the data-bound constructor, and setters, inherited ones too."""
    found = set()
    constructor = re.search(r"@DataBoundConstructor\s+public \w+\(([^)]*)\)", source)
    if constructor:
        found |= {argument.split()[-1] for argument in constructor.group(1).split(",") if argument.strip()}
    found |= {decapitalized(name) for name in re.findall(r"@DataBoundSetter\s+public void set(\w+)\(", source)}
    parent = re.search(r"class \w+ extends (\w+)", source)
    for file in java_files():
        if parent and file.stem == parent.group(1):
            found |= parameters_of(file.read_text())
    return found


def bound_classes():
    """Classes with a form of their own, but not those that only show the form of a step, or are there to be extended."""
    for file in java_files():
        source = file.read_text()
        parameters = parameters_of(source)
        if parameters and parameters != {"step"} and "abstract class" not in source:
            yield file, parameters


def resources_of(java):
    return RESOURCES / java.relative_to(JAVA).with_suffix("")


def functions():
    """Parameters by the name of the step."""
    steps = {}
    for file in java_files():
        source = file.read_text()
        name = re.search(STEP_NAME, source)
        if name:
            steps[name.group(1)] = parameters_of(source)
    return steps


class Forms(unittest.TestCase):
    def markup(self, *suffixes):
        files = [file for file in RESOURCES.rglob("*") if file.suffix in suffixes]
        self.assertTrue(files)
        return files

    def test_well_formed(self):
        for file in self.markup(".jelly", ".html"):
            with self.subTest(file=file.name):
                ElementTree.parse(file)

    def test_jelly_escapes(self):
        for file in self.markup(".jelly"):
            self.assertTrue(file.read_text().startswith("<?jelly escape-by-default='true'?>"), file)

    def test_no_inline_script(self):
        for file in self.markup(".jelly", ".html"):
            for element in ElementTree.parse(file).iter():
                self.assertNotEqual(element.tag.split("}")[-1].lower(), "script", file)
                for name, value in element.attrib.items():
                    self.assertFalse(name.lower().startswith("on"), f"{file}: {name}")
                    self.assertNotIn("javascript:", value.lower(), file)
                    self.assertNotEqual(name.lower(), "style", file)
            self.assertNotRegex(file.read_text(), r"<j:out|escapeText=", file)

    def test_a_field_and_a_help_for_every_parameter(self):
        classes = list(bound_classes())
        self.assertGreaterEqual(len(classes), 7)
        for java, parameters in classes:
            form = ElementTree.parse(resources_of(java) / "config.jelly")
            fields = {entry.get("field") for entry in form.iter(FORM + "entry")}
            self.assertEqual(fields, parameters, java.name)
            helps = {file.stem[len("help-"):] for file in resources_of(java).glob("help-*.html")}
            self.assertEqual(helps, parameters, java.name)

    def test_lists_are_bound(self):
        for java, parameters in bound_classes():
            source = java.read_text()
            if not re.search(STEP_NAME, source):
                continue
            lists = set(re.findall(r"List<String> get(\w+)\(\)", source))
            named = re.findall(r'"(\w+)"', re.search(STEP_NAME + r"([^)]*)\)", source).group(2))
            self.assertEqual({decapitalized(name) for name in lists}, set(named), java.name)

    def test_one_builder_shows_the_form_of_any_step(self):
        builders = [file for file in java_files() if file.parent.name == "freestyle"]
        self.assertEqual([file.name for file in builders], ["ContainerBuilder.java"])
        form = ElementTree.parse(resources_of(builders[0]) / "config.jelly")
        self.assertEqual([field.get("field") for field in form.iter(FORM + "property")], ["step"])


class Messages(unittest.TestCase):
    def test_used_and_there(self):
        properties = (RESOURCES / PACKAGE / "Messages.properties").read_text()
        there = {line.split("=")[0].replace(".", "_") for line in properties.splitlines() if "=" in line}
        used = set()
        for file in java_files():
            used |= set(re.findall(r"\bMessages\._?([A-Z]\w+)\(", file.read_text()))
        self.assertEqual(used, there)


class Classes(unittest.TestCase):
    def test_no_long_file(self):
        for file in java_files():
            self.assertLessEqual(len(file.read_text().splitlines()), 400, file)

    def test_web_methods_want_post_and_a_permission(self):
        count = 0
        for file in java_files():
            source = file.read_text()
            for method in re.finditer(r"((?:@\w+\s+)*)public \w+ (do[A-Z]\w*)\((.*?)\n {4,8}\}\n", source, re.DOTALL):
                count += 1
                self.assertIn("@POST", method.group(1), f"{file}: {method.group(2)}")
                checks = r"mayConfigure|checkConfigure|checkPermission|CredentialsItems\.for|SigningKeys\.items|names\("
                self.assertRegex(method.group(3), checks, f"{file}: {method.group(2)}")
        self.assertGreaterEqual(count, 12)

    def test_no_workspace_in_what_is_stored(self):
        for file in java_files():
            source = file.read_text()
            if re.search(r"class \w+(<[^>]*>)? extends (ContainerStep|GeneralNonBlockingStepExecution)\b", source):
                self.assertNotRegex(source, r"private (final )?FilePath \w+;", file)

    def test_no_shell(self):
        for file in java_files():
            self.assertNotRegex(file.read_text(), r"ProcessBuilder|Runtime\.getRuntime|ArgumentListBuilder|Launcher\.\w+", file)


class Documentation(unittest.TestCase):
    def blocks(self):
        for file in sorted(DOCS.glob("*.md")):
            for block in re.findall(r"```groovy\n(.*?)```", file.read_text(), re.DOTALL):
                yield file, block

    def test_tables_have_all_parameters(self):
        text = (DOCS / "steps.md").read_text()
        steps = functions()
        self.assertEqual(set(steps), STEPS)
        for name, parameters in steps.items():
            section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE).group(1)
            rows = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
            rows = rows or set(re.findall(r"`(\w+)`", section.split("Result:")[0])) & parameters
            self.assertEqual(rows, parameters, name)

    def test_jenkinsfiles_use_what_there_is(self):
        steps = functions()
        seen = set()
        for file, block in self.blocks():
            code = re.sub(r"'''.*?'''", "''", block, flags=re.DOTALL)
            for name, call in re.findall(r"\b(container\w+|withContainer)[ (]((?:[^\n]*,\n)*[^\n]*)", code):
                seen.add(name)
                used = set(re.findall(r"(?:^|[,\s])(\w+):\s", re.sub(r"""'[^'\n]*'|"[^"\n]*\"""", "''", call)))
                self.assertLessEqual(used, steps[name], f"{file}: {name}")
        self.assertEqual(seen, STEPS)

    def test_jenkinsfiles_are_balanced(self):
        for file, block in self.blocks():
            code = re.sub(r"'''.*?'''|'[^'\n]*'|\"[^\"\n]*\"", "", block, flags=re.DOTALL)
            for opening, closing in ("()", "[]", "{}"):
                self.assertEqual(code.count(opening), code.count(closing), file)


if __name__ == "__main__":
    unittest.main()

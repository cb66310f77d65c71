"""Who may promote, and by which rules."""
from case import Case, wait_for
from jobs import Build, pipeline


class Trust(Case):
    def built(self, tag):
        self.jobs.run("node('agent') {\n" + self.world.definition() +
                      f"containerBuild definition: 'pinnace.yaml', tags: ['web:{tag}'], registry: 'ci'\n}}").succeed()

    def test_without_the_permission_nothing_is_promoted(self):
        self.built("refused")
        build = self.jobs.run("containerPromote image: 'web:refused', registry: 'ci', to: 'prod'",
                              client=self.controller.developer)
        self.assert_refused(build, "developer is missing the", "Promote permission")
        self.assertIsNone(self.world.in_prod("web", "refused"))

    def test_who_gives_himself_the_permission_promotes_nothing(self):
        self.built("self-granted")
        own = ("<hudson.security.AuthorizationMatrixProperty><permission>"
               "USER:io.jenkins.plugins.pinnace.promotion.PromotePermission.Promote:developer"
               "</permission></hudson.security.AuthorizationMatrixProperty>")
        job = self.jobs.create(pipeline("containerPromote image: 'web:self-granted', registry: 'ci', to: 'prod'", own))
        build = self.jobs.start(job, self.controller.developer)
        self.assert_refused(build, "developer is missing the Pinnace/Promote permission on Jenkins")
        self.assertIsNone(self.world.in_prod("web", "self-granted"))

    def test_environments_of_a_workspace_play_no_part(self):
        self.built("forged")
        build = self.jobs.run(f"""node('agent') {{
            writeFile file: 'environments.yaml', text: '''version: 1
environments:
  mine: {{repository: {self.world.ci.host}/mine}}
  prod: {{repository: {self.world.ci.host}/mine}}
'''
            containerPromote image: 'web:forged', registry: 'ci', to: 'mine'
        }}""")
        self.assert_refused(build, '"mine"')
        self.assertIsNone(self.world.in_ci("mine/web", "forged"))
        self.assertIsNone(self.world.in_prod("web", "forged"))

    def test_an_immutable_tag_stays(self):
        self.built("fixed")
        promote = "containerPromote image: 'web:fixed', registry: 'ci', to: 'prod'"
        self.jobs.run(promote).succeed()
        first = self.world.in_prod("web", "fixed")
        self.jobs.run("node('agent') {\n" + self.world.definition(text="other") +
                      "containerBuild definition: 'pinnace.yaml', tags: ['web:fixed'], registry: 'ci'\n}").succeed()
        self.assertNotEqual(self.world.in_ci("web", "fixed"), first)
        self.assert_refused(self.jobs.run(promote), "immutable")
        self.assertEqual(self.world.in_prod("web", "fixed"), first)

    def test_production_credentials_are_not_for_builds(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition() +
                              "containerBuild definition: 'pinnace.yaml', tags: ['other/x:1'], registry: 'production'\n}")
        self.assert_refused(build, "wants a user name and a password")

    def test_an_approver_counts(self):
        self.built("approved")
        script = ("input id: 'Go', message: 'promote it?'\n"
                  "containerPromote image: 'web:approved', registry: 'ci', to: 'prod'")
        build = self.jobs.run(script, client=self.controller.developer)
        build.wait_for_log("promote it?")
        self.admin.post(build.path + "input/Go/proceedEmpty")
        build.succeed()
        self.assertIn("admin (approved; started by developer) promoted", build.log())
        self.assertIsNotNone(self.world.in_prod("web", "approved"))

        build = self.jobs.run(script, client=self.controller.developer)
        build.wait_for_log("promote it?")
        self.controller.developer.post(build.path + "input/Go/proceedEmpty")
        self.assert_refused(build, "developer is missing the Pinnace/Promote permission")

    def test_a_timer_has_no_right_of_its_own(self):
        self.built("timer")
        job = self.jobs.create(pipeline("containerPromote image: 'web:timer', registry: 'ci', to: 'prod'"))
        self.groovy("import hudson.model.*\nimport hudson.triggers.TimerTrigger\n"
                    f"Jenkins.instance.getItemByFullName('{job.split('/')[1]}')"
                    ".scheduleBuild2(0, new CauseAction(new TimerTrigger.TimerTriggerCause()))")
        build = Build(self.admin, job + "1/")
        wait_for("start", lambda: self.admin.json(job + "api/json")["builds"])
        self.assert_refused(build, "nobody started this build")
        self.assertIsNone(self.world.in_prod("web", "timer"))

    def test_a_build_does_not_go_round_the_rules(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition() +
                              "containerBuild definition: 'pinnace.yaml', tags: ['shop/x:1'], registry: 'production'\n}")
        self.assert_refused(build, "only containerPromote writes there")

    def test_a_user_without_permission_sees_and_starts_nothing(self):
        self.built("hidden")
        path = self.jobs.create("<project/>")
        guest = self.controller.guest
        self.assertEqual(guest.request(path)[0], 404)
        self.assertGreaterEqual(guest.try_post(path + "build")[0], 403)
        registry, environment = (
            f"descriptorByName/io.jenkins.plugins.pinnace.configuration.{name}Configuration/" for name in ("Registry", "Environment"))
        told = {registry + "fillCredentialsIdItems": ({"credentialsId": ""}, "ci-user"),
                environment + "checkFrom": ({"value": "nowhere", "name": "x"}, "nowhere"),
                environment + "checkPromotionLabel": ({"value": "nowhere"}, "warning")}
        for path, (fields, expected) in told.items():
            self.assertIn(expected, self.admin.post(path, fields)[1])
        for user in (guest, self.controller.developer):
            with self.subTest(user=user.user):
                status, _, _ = user.try_post(registry + "testConnection", {"url": self.world.ci.host, "credentialsId": "ci"})
                self.assertEqual(status, 403)
                for path, (fields, expected) in told.items():
                    self.assertNotIn(expected, user.post(path, fields)[1])
        # Reading is not enough to change anything: these take POST only.
        status, _, _ = self.admin.request(registry + "testConnection?url=" + self.world.ci.host)
        self.assertGreaterEqual(status, 400)

    def test_connection_test(self):
        descriptor = "descriptorByName/io.jenkins.plugins.pinnace.configuration.RegistryConfiguration/testConnection"
        fields = {"url": self.world.ci.host, "plainHttp": "true", "credentialsId": "ci"}
        _, text = self.admin.post(descriptor, fields)
        self.assertIn('class="ok"', text)
        _, text = self.admin.post(descriptor, {**fields, "credentialsId": ""})
        self.assertIn("wants a user name and a password", text)

#include "oci/image_name.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::oci {
namespace {

using base::Error;

const std::string k_digest =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string complaint(const std::string& text) {
  try {
    parse_image_name(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input) << text;
    return error.what();
  }
  return "";
}

TEST(ImageName, PrintsWhatItParses) {
  for (const std::string& text :
       {std::string("127.0.0.1:5000/a/b:c"), std::string("oci:dir:tag"), std::string("oci:/x/y"),
        std::string("oci:d"), std::string("oci-archive:a/x.tar:1"), std::string("oci:/job@2/out"),
        std::string("oci:/job@2/out:1"), std::string("oci-archive:/job@2/x.tar:1"),
        std::string("oci:d:localhost/app:1.2"), std::string("oci-archive:x.tar:my/name:tag"),
        std::string("env:prod/web:1"), std::string("env:prod/a/b"), "oci:d:t@" + k_digest,
        std::string("docker-archive:a/x.tar"), "docker-archive:/job@2/x.tar@" + k_digest,
        std::string("docker-archive:x.tar:h:5000/shop/web:1"), k_digest, k_digest.substr(0, 19)}) {
    EXPECT_EQ(to_string(parse_image_name(text)), text);
  }
}

TEST(ImageName, RefusesWhatIsNone) {
  for (const std::string text : {"",
                                 "oci:",
                                 "oci::tag",
                                 "oci:d:bad tag",
                                 "env:",
                                 "env:prod",
                                 "env:/web",
                                 "env:prod/",
                                 "a b",
                                 "oci:d@sha256:12",
                                 "oci-archive:",
                                 "oci-archive:x.tar:bad tag",
                                 "http://host/x",
                                 "docker-archive:",
                                 "docker-archive::web",
                                 "docker-archive:x.tar:Web",
                                 "sha256:0123456789a",
                                 "sha256:0123456789AB",
                                 "env:prod/web:a/b",
                                 "oci://host/x"}) {
    EXPECT_THROW(parse_image_name(text), Error) << text;
  }
}

TEST(ImageName, DockersTransportIsARegistry) {
  EXPECT_EQ(to_string(parse_image_name("docker://debian:12")), "docker.io/library/debian:12");
  EXPECT_EQ(to_string(parse_image_name("docker://h:5000/a@" + k_digest)), "h:5000/a@" + k_digest);
}

TEST(ImageName, WhatDockerHubDoesNotHaveIsNotAskedForThere) {
  const auto complaint = [](const std::string& text) -> std::string {
    try {
      return to_string(parse_image_name(text));
    } catch (const Error& error) {
      return error.what();
    }
  };
  const std::string digits = k_digest.substr(k_digest.find(':') + 1);
  EXPECT_EQ(complaint("7e436b7e0dd0"),
            R"("7e436b7e0dd0" is no image of Docker Hub; one of the local store is called )"
            R"("sha256:7e436b7e0dd0")");
  EXPECT_NE(complaint(digits).find("is called \"sha256:" + digits), std::string::npos);
  for (const char* text :
       {"127.0.0.1:5000", "127.0.0.1", "localhost", "localhost:5000", "registry.test:5000"}) {
    const std::string expected = '"' + std::string(text) +
                                 "\" names a registry and no repository, expected " + text +
                                 "/repository[:tag]";
    EXPECT_EQ(complaint(text), expected);
  }
  EXPECT_EQ(complaint("docker://localhost:5000"),
            R"("docker://localhost:5000" names a registry and no repository, expected )"
            "localhost:5000/repository[:tag]");
  EXPECT_EQ(complaint("docker://"),
            R"(no reference in "docker://", expected docker://[registry/]repository[:tag])");
  for (const char* text : {"/x/out", "./out", "../out", ".", "web.tar", "dist/web.tgz", "~/out"})
    EXPECT_EQ(complaint(text), '"' + std::string(text) +
                                   "\" is a path; an image in it is written oci:DIR, "
                                   "oci-archive:FILE or docker-archive:FILE");
  // Words that can be meant.
  EXPECT_EQ(complaint("decade"), "docker.io/library/decade");
  EXPECT_EQ(complaint("debian:12"), "docker.io/library/debian:12");
  EXPECT_EQ(complaint("node.js"), "docker.io/library/node.js");
  EXPECT_EQ(complaint("web.app@" + k_digest), "docker.io/library/web.app@" + k_digest);
  EXPECT_EQ(complaint("localhost:5000/a"), "localhost:5000/a");
}

TEST(ImageName, ANameInAnArchiveOfDockerIsAReference) {
  const auto name = std::get<ArchiveName>(parse_image_name("docker-archive:x.tar:h:5000/web"));
  EXPECT_EQ(name.file, "x.tar");
  EXPECT_EQ(name.tag, "h:5000/web");
  EXPECT_EQ(name.format, ArchiveFormat::docker);
}

TEST(ImageName, OtherTransportsAreRefusedWithAHint) {
  const std::vector<std::pair<std::string, std::string>> hints = {
      {"docker-daemon:web:1", "docker-archive:FILE"},
      {"containers-storage:web", "podman save"},
      {"dir:out", "skopeo copy dir:DIR oci:OTHER"},
      {"oci-dir:out", "oci:DIR"},
      {"ocidir://out", "oci:DIR"},
      {"oci-layout:out", "oci:DIR"},
      {"sif:x", "oci:DIR"},
      {"tarball:x", "oci:DIR"},
      {"ostree:x", "oci:DIR"}};
  for (const auto& [text, hint] : hints) {
    EXPECT_NE(complaint(text).find("is not supported; "), std::string::npos) << complaint(text);
    EXPECT_NE(complaint(text).find(hint), std::string::npos) << complaint(text);
    EXPECT_TRUE(names_no_registry(text)) << text;
  }
  // Images of Docker Hub.
  EXPECT_EQ(complaint("docker:27"), "");
  EXPECT_EQ(complaint("registry:2"), "");
}

TEST(ImageName, DefinitionsNameNothingThatOneMachineHas) {
  EXPECT_THROW(parse_base_name(k_digest), Error);
  EXPECT_EQ(to_string(parse_base_name("env:prod/web:1")), "env:prod/web:1");
  EXPECT_THROW(parse_base_name("docker-daemon:web"), Error);
  EXPECT_EQ(to_string(parse_base_name("docker-archive:x.tar")), "docker-archive:x.tar");
}

}  // namespace
}  // namespace pinnace::oci

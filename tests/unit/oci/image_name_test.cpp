#include "oci/image_name.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "base/error.hpp"
#include "files/file.hpp"

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

struct Row {
  std::string kind;
  std::string name;
};

/// The table that the plugin's tests read, too.
std::vector<Row> table() {
  std::istringstream text(
      files::read_file(PINNACE_SOURCE_DIR "/tests/names/images.txt", std::size_t{1} << 20));
  std::vector<Row> rows;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t space = std::min(line.find(' '), line.size());
    rows.push_back({line.substr(0, space), line.substr(std::min(space + 1, line.size()))});
  }
  return rows;
}

std::string kind_of(const std::string& text) {
  try {
    const ImageName name = parse_image_name(text);
    return std::array{"registry", "layout", "archive", "environment", "stored"}[name.index()];
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input) << text;
    const bool is_known =
        std::string_view(error.what()).find("is not supported; ") != std::string_view::npos;
    return is_known ? "unsupported" : "bad";
  }
}

TEST(ImageName, LeadsWhereTheTableSays) {
  for (const Row& row : table()) EXPECT_EQ(kind_of(row.name), row.kind) << row.name;
}

TEST(ImageName, PrintsWhatItParses) {
  for (const Row& row : table()) {
    if (row.kind == "bad" || row.kind == "unsupported") continue;
    const ImageName name = parse_image_name(row.name);
    if (row.kind != "registry") {
      EXPECT_EQ(to_string(name), row.name);
    }
    EXPECT_EQ(to_string(parse_image_name(to_string(name))), to_string(name));
  }
}

TEST(ImageName, NoRegistryIsCalledAsWhatIsInNone) {
  for (const Row& row : table()) {
    if (row.kind == "registry" || row.kind == "bad") continue;
    EXPECT_TRUE(names_no_registry(row.name)) << row.name;
    const std::string host = row.name.substr(0, row.name.find(':')) + ":5000";
    EXPECT_THROW(Reference::parse(host + "/web"), Error) << host;
  }
}

TEST(ImageName, IsSeenFromADirectory) {
  const auto seen = [](const char* text) {
    return to_string(in_directory(parse_image_name(text), "/w/job@2"));
  };
  EXPECT_EQ(seen("oci:out:1"), "oci:/w/job@2/out:1");
  EXPECT_EQ(seen("oci:/out:1"), "oci:/out:1");
  EXPECT_EQ(seen("docker-archive:x.tar:web:1"), "docker-archive:/w/job@2/x.tar:web:1");
  EXPECT_EQ(seen("env:prod/web"), "env:prod/web");
  EXPECT_EQ(seen("host/web"), "docker.io/host/web");
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
  }
}

TEST(ImageName, DefinitionsNameNothingThatOneMachineHas) {
  EXPECT_THROW(parse_base_name(k_digest), Error);
  EXPECT_EQ(to_string(parse_base_name("env:prod/web:1")), "env:prod/web:1");
  EXPECT_THROW(parse_base_name("docker-daemon:web"), Error);
  EXPECT_EQ(to_string(parse_base_name("docker-archive:x.tar")), "docker-archive:x.tar");
}

}  // namespace
}  // namespace pinnace::oci

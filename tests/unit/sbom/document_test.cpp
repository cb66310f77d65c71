#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "json/json.hpp"
#include "sbom/cyclonedx.hpp"
#include "sbom/document.hpp"
#include "sbom/spdx.hpp"

namespace pinnace::sbom {
namespace {

using nlohmann::json;
using packages::Package;
using packages::PackageType;

oci::Descriptor descriptor(std::string_view bytes) {
  return {"text/plain", hash::Digest::of(bytes), bytes.size(), {}, {}, {}, json::object()};
}

Subject subject(const std::string& name = "registry.test/shop/web") {
  return {name,
          descriptor("manifest"),
          oci::Platform{"linux", "arm64", "v8", ""},
          "2026-11-23T11:20:30.5+01:00",
          {descriptor("base"), descriptor("layer")}};
}

Package package(PackageType type, const std::string& name, const std::string& version) {
  Package made;
  made.type = type;
  made.name = name;
  made.version = version;
  return made;
}

/// A distribution's package, an archive with another one inside, and what a stranger wrote.
inventory::ImageInventory image() {
  inventory::ImageInventory all;
  all.os = {"debian", "12", "Debian GNU/Linux 12 (bookworm)"};
  Package libc = package(PackageType::deb, "libc6", "2.36-9");
  libc.licences = {"GPL-2+", "something else"};
  libc.source = "glibc";
  Package shop = package(PackageType::maven, "shop", "1.0");
  shop.group = "test.shop";
  Package inner = package(PackageType::maven, "inner", "");
  inner.inside = "BOOT-INF/lib/inner.jar";
  Package odd = package(PackageType::npm, "\x1b[31m\xff", "1");
  odd.licences = {"MIT OR ISC"};
  all.packages = {{libc, "var/lib/dpkg/status", 0},
                  {inner, "opt/shop.jar", 1},
                  {shop, "opt/shop.jar", 1},
                  {odd, "opt/\xfe/package.json", 1},
                  {odd, "opt/\xfe/package.json", 1}};
  return all;
}

const json* find(const json& list, const char* key, const std::string& value) {
  for (const json& one : list) {
    if (one.value(key, "") == value) return &one;
  }
  return nullptr;
}

TEST(Spdx, HasTheImageAndItsPackages) {
  const json document = spdx_document(subject(), image());
  EXPECT_EQ(document["spdxVersion"], "SPDX-2.3");
  EXPECT_EQ(document["creationInfo"]["created"], "2026-11-23T10:20:30Z");
  const json& packages = document["packages"];
  ASSERT_EQ(packages.size(), 7U);  // with the image and the distribution
  EXPECT_EQ(packages[0]["name"], "registry.test/shop/web");
  EXPECT_EQ(packages[0]["checksums"][0]["checksumValue"], subject().manifest.digest.hex());
  EXPECT_EQ(packages[0]["externalRefs"][0]["referenceLocator"],
            "pkg:oci/web@sha256%3A" + std::string(subject().manifest.digest.hex()) +
                "?arch=arm64&repository_url=registry.test%2Fshop%2Fweb");
  EXPECT_EQ(packages[0]["annotations"].size(), 2U);
  const json* libc = find(packages, "name", "libc6");
  ASSERT_NE(libc, nullptr);
  EXPECT_EQ((*libc)["externalRefs"][0]["referenceLocator"],
            "pkg:deb/debian/libc6@2.36-9?distro=debian-12");
  const std::string declared = (*libc)["licenseDeclared"];
  EXPECT_TRUE(declared.starts_with("GPL-2.0-or-later AND LicenseRef-something-else-")) << declared;
  ASSERT_EQ(document["hasExtractedLicensingInfos"].size(), 1U);
  EXPECT_EQ(document["hasExtractedLicensingInfos"][0]["extractedText"], "something else");
}

TEST(Spdx, IdsAreUniqueAndAllAreRelated) {
  const json document = spdx_document(subject(), image());
  std::set<std::string> ids = {"SPDXRef-DOCUMENT"};
  for (const json& one : document["packages"])
    EXPECT_TRUE(ids.insert(one["SPDXID"]).second) << one["SPDXID"];
  std::set<std::string> related;
  for (const json& one : document["relationships"]) {
    EXPECT_TRUE(ids.contains(one["spdxElementId"])) << one;
    related.insert(one["relatedSpdxElement"]);
  }
  EXPECT_EQ(related.size() + 1, ids.size());
  const json* inner = find(document["packages"], "name", "inner");
  const json* shop = find(document["packages"], "name", "shop");
  ASSERT_TRUE(inner != nullptr && shop != nullptr);
  EXPECT_EQ(
      (*find(document["relationships"], "relatedSpdxElement", (*inner)["SPDXID"]))["spdxElementId"],
      (*shop)["SPDXID"]);
}

TEST(CycloneDx, HasTheImageAndItsPackages) {
  const json document = cyclonedx_document(subject(), image());
  EXPECT_EQ(document["metadata"]["component"]["version"], subject().manifest.digest.str());
  EXPECT_EQ(document["metadata"]["timestamp"], "2026-11-23T10:20:30Z");
  const json& components = document["components"];
  ASSERT_EQ(components.size(), 5U);  // the distribution, and those that are inside of nothing
  const json* libc = find(components, "name", "libc6");
  ASSERT_NE(libc, nullptr);
  EXPECT_EQ((*libc)["licenses"][1]["license"]["name"], "something else");
  const json* shop = find(components, "name", "shop");
  ASSERT_NE(shop, nullptr);
  EXPECT_EQ((*shop)["group"], "test.shop");
  ASSERT_EQ((*shop)["components"].size(), 1U);
  EXPECT_EQ((*shop)["components"][0]["name"], "inner");
  EXPECT_EQ((*shop)["components"][0]["evidence"]["occurrences"][0]["location"],
            "/opt/shop.jar!/BOOT-INF/lib/inner.jar");
}

TEST(Documents, AreTheSameEachTimeAndOfEachImageOthers) {
  for (const auto make : {spdx_document, cyclonedx_document}) {
    const std::string text = pinnace::json::dump_replacing(make(subject(), image()));
    EXPECT_EQ(text, pinnace::json::dump_replacing(make(subject(), image())));
    EXPECT_NO_THROW(pinnace::json::parse(text, "document"));
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << "it could steer a terminal";
    inventory::ImageInventory other = image();
    other.packages[0].package.version = "2.36-10";
    const char* id = make == spdx_document ? "documentNamespace" : "serialNumber";
    EXPECT_NE(make(subject(), image())[id], make(subject(), other)[id]);
  }
}

TEST(Documents, AreJsonAndInertWhateverAPackageIsCalled) {
  inventory::ImageInventory all = image();
  all.packages[0].package.name = "\x7f\xc2\x85\xe2\x80\xae\xef\xbb\xbf\xf3\xa0\x81\x81";
  all.packages[0].package.version = std::string(5000, '1');
  for (const Format format : {Format::spdx, Format::cyclonedx}) {
    const std::string text = document(format, subject(), all);
    EXPECT_TRUE(
        std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= 0x20 && c < 0x7f; }));
    const json parsed = pinnace::json::parse(text, "document");
    const json& list = parsed.contains("packages") ? parsed["packages"] : parsed["components"];
    const json* odd = find(list, "name", all.packages[0].package.name);
    ASSERT_NE(odd, nullptr);
    if (format == Format::cyclonedx) EXPECT_LE(odd->value("version", "").size(), 1024U);
  }
}

TEST(Documents, OfWhatIsInNoRegistryNameTheDigest) {
  const std::string digest = subject().manifest.digest.str();
  EXPECT_EQ(spdx_document(subject(""), image())["name"], digest);
  EXPECT_EQ(cyclonedx_document(subject(""), image())["metadata"]["component"]["name"], digest);
}

TEST(Documents, ATimeThatIsNoneIs1970) {
  for (const char* text : {"", "yesterday", "2026-99-01T00:00:00Z", "0001-01-01T00:00:00Z"}) {
    Subject one = subject();
    one.created = text;
    EXPECT_EQ(created_of(one), "1970-01-01T00:00:00Z") << text;
  }
}

TEST(Uuid, IsOneOfVersionEight) {
  const std::string uuid = uuid_of("text");
  ASSERT_EQ(uuid.size(), 36U);
  EXPECT_EQ(uuid[14], '8');
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
  EXPECT_NE(uuid, uuid_of("another text"));
}

}  // namespace
}  // namespace pinnace::sbom

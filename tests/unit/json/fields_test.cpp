#include "json/fields.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::json {
namespace {

enum class Colour { red, green };

struct Wheel {
  std::string name;
  int size = 0;
  static Table<Wheel> table();
};

struct Vehicle {
  std::string owner;
};

struct Cart : Vehicle {
  std::optional<std::string> label;
  bool open = false;
  std::int64_t load = 0;
  std::optional<unsigned> seats;
  Colour colour = Colour::red;
  std::vector<std::string> stops;
  std::map<std::string, std::string> environment;
  std::vector<Wheel> wheels;
  std::optional<Wheel> spare;
  std::chrono::seconds delay{7};
  static Table<Cart> table();
};

}  // namespace

template <>
struct NamesOf<Colour> {
  static constexpr std::array<std::pair<Colour, const char*>, 2> k_names = {
      {{Colour::red, "red"}, {Colour::green, "green"}}};
};

namespace {

Table<Wheel> Wheel::table() {
  return {"Wheel",
          "A wheel.",
          {{"name", &Wheel::name, "What it is called.", {.length = 5}},
           {"size", &Wheel::size, "Millimetres.", {.least = 1, .most = 1000}}}};
}

Table<Cart> Cart::table() {
  return {"Cart",
          "What is pulled.",
          {{"owner", &Cart::owner, "Whose it is.", {.pattern = "^[a-z]+$"}},
           {"label", &Cart::label, "For people."},
           {"open", &Cart::open, "Whether rain comes in."},
           {"load", &Cart::load, "Grams.", {.least = -5, .most = 5}},
           {"seats", &Cart::seats, "For so many.", {.least = 1, .most = 4}},
           {"colour", &Cart::colour, "As painted."},
           {"stops", &Cart::stops, "Where it halts.", {.count = 2}},
           {"environment", &Cart::environment, "Around it.", {.variables = true}},
           {"wheels", &Cart::wheels, "Of the road."},
           {"spare", &Cart::spare, "Another one."},
           {"delay", &Cart::delay, "Seconds.", {.most = 60, .later = true}}}};
}

nlohmann::json cart() {
  return nlohmann::json::parse(R"({
    "owner": "ann", "label": null, "open": true, "load": -5, "seats": 4, "colour": "green",
    "stops": ["a", ""], "environment": {"A": "b=c"}, "wheels": [{"name": "left", "size": 9}],
    "spare": {"name": "x", "size": 1}, "delay": 3})");
}

std::string error_of(const nlohmann::json& value) {
  try {
    (void)read<Cart>(Node(value, "cart"));
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
    return error.what();
  }
  return "read";
}

TEST(Fields, WhatWasReadIsWrittenAgain) {
  const nlohmann::json value = cart();
  const Cart read_cart = read<Cart>(Node(value, "cart"));
  EXPECT_EQ(read_cart.owner, "ann");
  EXPECT_EQ(read_cart.seats, 4U);
  EXPECT_EQ(read_cart.colour, Colour::green);
  EXPECT_EQ(read_cart.wheels.at(0).name, "left");
  EXPECT_EQ(read_cart.spare->size, 1);
  EXPECT_EQ(write(read_cart), value);
}

TEST(Fields, NullIsNoneAndAnEmptyList) {
  nlohmann::json value = cart();
  for (const char* field : {"label", "seats", "stops", "environment", "wheels", "spare"})
    value[field] = nullptr;
  const Cart read_cart = read<Cart>(Node(value, "cart"));
  EXPECT_FALSE(read_cart.seats || read_cart.spare);
  const nlohmann::json written = write(read_cart);
  EXPECT_EQ(written.at("stops"), nlohmann::json::array());
  EXPECT_EQ(written.at("environment"), nlohmann::json::object());
  EXPECT_TRUE(written.at("seats").is_null());
}

TEST(Fields, WhatCameLaterMayBeMissing) {
  nlohmann::json value = cart();
  value.erase("delay");
  EXPECT_EQ(read<Cart>(Node(value, "cart")).delay.count(), 7);
}

struct Wrong {
  const char* pointer;
  nlohmann::json value;
  const char* expected;
};

class WrongField : public testing::TestWithParam<Wrong> {};

TEST_P(WrongField, IsRefused) {
  nlohmann::json value = cart();
  value[nlohmann::json::json_pointer(GetParam().pointer)] = GetParam().value;
  EXPECT_EQ(error_of(value), GetParam().expected);
}

const nlohmann::json k_beyond_signed = 18446744073709551615U;

INSTANTIATE_TEST_SUITE_P(
    All, WrongField,
    testing::Values(
        Wrong{"/owner", 7, "cart: owner: expected a string"},
        Wrong{"/owner", nullptr, "cart: owner: expected a string"},
        Wrong{"/owner", std::string("a\0b", 3), "cart: owner: expected a string without NUL"},
        Wrong{"/label", 7, "cart: label: expected a string or null"},
        Wrong{"/open", "yes", "cart: open: expected true or false"},
        Wrong{"/open", nullptr, "cart: open: expected true or false"},
        Wrong{"/load", 6, "cart: load: expected an integer from -5 to 5"},
        Wrong{"/load", 1.0, "cart: load: expected an integer from -5 to 5"},
        Wrong{"/load", k_beyond_signed, "cart: load: expected an integer from -5 to 5"},
        Wrong{"/seats", 0, "cart: seats: expected an integer from 1 to 4 or null"},
        Wrong{"/colour", "blue", "cart: colour: expected one of \"red\", \"green\""},
        Wrong{"/stops", "a", "cart: stops: expected a list of strings, or null"},
        Wrong{"/stops/0", 1, "cart: stops: expected a list of strings, or null"},
        Wrong{"/stops/2", "third", "cart: stops: expected at most 2 items"},
        Wrong{"/environment", "a", "cart: environment: expected an object of strings, or null"},
        Wrong{"/environment/A", 1, "cart: environment: expected an object of strings, or null"},
        Wrong{"/environment/", "x", "cart: environment: expected names that are not empty"},
        Wrong{"/environment/B=", "x",
              "cart: environment: expected names of variables, without \"=\""},
        Wrong{"/wheels", 1, "cart: wheels: expected a list, or null"},
        Wrong{"/wheels/0", 1, "cart: wheels: /0: expected a JSON object"},
        Wrong{"/wheels/0/name", "longer",
              "cart: wheels: /0: name: expected at most 5 bytes of text"},
        Wrong{"/spare", 1, "cart: spare: expected a JSON object or null"},
        Wrong{"/spare/more", 1, "cart: spare: unknown field \"more\""},
        Wrong{"/labels", 1, "cart: unknown field \"labels\", did you mean \"label\"?"},
        Wrong{"/more", 1, "cart: unknown field \"more\""}));

TEST(Fields, NoneIsMissing) {
  const nlohmann::json whole = cart();
  for (const auto& [name, value] : whole.items()) {
    if (name == "delay") continue;
    nlohmann::json without = whole;
    without.erase(name);
    EXPECT_EQ(error_of(without), "cart: " + name + ": expected the field (null for none)");
  }
  EXPECT_EQ(error_of(nlohmann::json::array()), "cart: expected a JSON object");
}

TEST(Fields, SchemaSaysAllOfIt) {
  Definitions all = Schema::object();
  EXPECT_EQ(schema<Cart>(all).dump(), R"({"$ref":"#/$defs/Cart"})");
  EXPECT_EQ(all, Schema::parse(R"({
    "Cart": {
      "description": "What is pulled.",
      "type": "object",
      "properties": {
        "owner": {"type": "string", "pattern": "^[a-z]+$", "description": "Whose it is."},
        "label": {"type": ["string", "null"], "description": "For people."},
        "open": {"type": "boolean", "description": "Whether rain comes in."},
        "load": {"type": "integer", "minimum": -5, "maximum": 5, "description": "Grams."},
        "seats": {"type": ["integer", "null"], "minimum": 1, "maximum": 4,
                  "description": "For so many."},
        "colour": {"type": "string", "enum": ["red", "green"], "description": "As painted."},
        "stops": {"type": "array", "items": {"type": "string"}, "maxItems": 2,
                  "description": "Where it halts."},
        "environment": {"type": "object", "propertyNames": {"pattern": "^[^=]+$"},
                        "additionalProperties": {"type": "string"}, "description": "Around it."},
        "wheels": {"type": "array", "items": {"$ref": "#/$defs/Wheel"},
                   "description": "Of the road."},
        "spare": {"anyOf": [{"$ref": "#/$defs/Wheel"}, {"type": "null"}],
                  "description": "Another one."},
        "delay": {"type": "integer", "minimum": 0, "maximum": 60, "description": "Seconds.",
                  "default": 7}
      },
      "required": ["owner", "label", "open", "load", "seats", "colour", "stops", "environment",
                   "wheels", "spare"],
      "additionalProperties": false
    },
    "Wheel": {
      "description": "A wheel.",
      "type": "object",
      "properties": {
        "name": {"type": "string", "maxLength": 5, "description": "What it is called."},
        "size": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "Millimetres."}
      },
      "required": ["name", "size"],
      "additionalProperties": false
    }
  })"))
      << all.dump(2);
}

}  // namespace
}  // namespace pinnace::json

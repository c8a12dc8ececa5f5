#include "postgres/catalogue_json.h"

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/error.h"

namespace lifeboat::postgres {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Well-formed UTF-8 in the sense of nlohmann's writer, which throws on anything else.
bool is_utf8(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if (!is_continuation(text[i + k])) return false;
    }
    const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
        (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
      return false;
    }
    i += length;
  }
  return true;
}

json text_json(const std::string& text) {
  if (is_utf8(text)) return text;
  return json{{"hex", to_hex(as_bytes(text))}};
}

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  const Bytes bytes = from_hex(value.at("hex").get<std::string>());
  return std::string(as_text(bytes));
}

std::string text_at(const json& object, const char* name) { return text_of(object.at(name)); }

json list_json(const std::vector<std::string>& list) {
  json array = json::array();
  for (const std::string& text : list) array.push_back(text_json(text));
  return array;
}

std::vector<std::string> list_at(const json& object, const char* name) {
  std::vector<std::string> list;
  for (const json& text : object.at(name)) list.push_back(text_of(text));
  return list;
}

json column_json(const Column& column) {
  return json{{"name", text_json(column.name)},
              {"type", text_json(column.type)},
              {"number", column.number},
              {"not_null", column.not_null},
              {"generated", column.generated}};
}

Column column_of(const json& object) {
  Column column;
  column.name = text_at(object, "name");
  column.type = text_at(object, "type");
  column.number = object.at("number").get<int>();
  column.not_null = object.at("not_null").get<bool>();
  column.generated = object.at("generated").get<bool>();
  return column;
}

json table_json(const Table& table) {
  json columns = json::array();
  for (const Column& column : table.columns) columns.push_back(column_json(column));
  json object{{"oid", table.oid},
              {"schema", text_json(table.schema)},
              {"name", text_json(table.name)},
              {"kind", std::string(1, table.kind)},
              {"heap", table.heap},
              {"populated", table.populated},
              {"readable", table.readable},
              {"filenode", table.filenode},
              {"toast_filenode", table.toast_filenode},
              {"blocks", table.blocks},
              {"total_bytes", table.total_bytes},
              {"parent", table.parent},
              {"extension_member", table.extension_member},
              {"extension_condition", text_json(table.extension_condition)},
              {"columns", std::move(columns)},
              {"key", list_json(table.key)}};
  if (table.without_rows) object["without_rows"] = true;
  if (!table.definition.empty()) {
    object["definition"] = list_json(table.definition);
    object["afterwards"] = list_json(table.afterwards);
  }
  return object;
}

Table table_of(const json& object) {
  Table table;
  table.oid = object.at("oid").get<Oid>();
  table.schema = text_at(object, "schema");
  table.name = text_at(object, "name");
  table.kind = object.at("kind").get_ref<const std::string&>().at(0);
  table.heap = object.at("heap").get<bool>();
  table.populated = object.at("populated").get<bool>();
  table.readable = object.at("readable").get<bool>();
  table.filenode = object.at("filenode").get<Oid>();
  table.toast_filenode = object.at("toast_filenode").get<Oid>();
  table.blocks = object.at("blocks").get<std::uint64_t>();
  table.total_bytes = object.at("total_bytes").get<std::uint64_t>();
  table.parent = object.at("parent").get<Oid>();
  table.extension_member = object.at("extension_member").get<bool>();
  table.extension_condition = text_at(object, "extension_condition");
  for (const json& column : object.at("columns")) table.columns.push_back(column_of(column));
  table.key = list_at(object, "key");
  table.without_rows = object.value("without_rows", false);
  if (object.contains("definition")) {
    table.definition = list_at(object, "definition");
    table.afterwards = list_at(object, "afterwards");
  }
  return table;
}

json sequence_json(const Sequence& sequence) {
  return json{{"schema", text_json(sequence.schema)},
              {"name", text_json(sequence.name)},
              {"last_value", sequence.last_value},
              {"is_called", sequence.is_called},
              {"increment", sequence.increment}};
}

Sequence sequence_of(const json& object) {
  Sequence sequence;
  sequence.schema = text_at(object, "schema");
  sequence.name = text_at(object, "name");
  sequence.last_value = object.at("last_value").get<std::int64_t>();
  sequence.is_called = object.at("is_called").get<bool>();
  sequence.increment = object.at("increment").get<std::int64_t>();
  return sequence;
}

json large_object_json(const LargeObject& object) {
  return json{{"oid", object.oid},
              {"size_bytes", object.size_bytes},
              {"owner", text_json(object.owner)},
              {"comment", text_json(object.comment)},
              {"acl", text_json(object.acl)}};
}

LargeObject large_object_of(const json& object) {
  LargeObject large;
  large.oid = object.at("oid").get<Oid>();
  large.size_bytes = object.at("size_bytes").get<std::uint64_t>();
  large.owner = text_at(object, "owner");
  large.comment = text_at(object, "comment");
  large.acl = text_at(object, "acl");
  return large;
}

json item_json(const SchemaItem& item) {
  return json{{"kind", text_json(item.kind)},
              {"identity", text_json(item.identity)},
              {"definition", text_json(item.definition)}};
}

SchemaItem item_of(const json& object) {
  return {text_at(object, "kind"), text_at(object, "identity"), text_at(object, "definition")};
}

json address_json(const ObjectAddress& address) {
  return json{{"catalogue", address.catalogue}, {"object", address.object}};
}

ObjectAddress address_of(const json& object) {
  return {object.at("catalogue").get<Oid>(), object.at("object").get<Oid>()};
}

template <typename Value, typename ToJson>
json array_json(const std::vector<Value>& values, ToJson to) {
  json array = json::array();
  for (const Value& value : values) array.push_back(to(value));
  return array;
}

template <typename Value, typename OfJson>
std::vector<Value> array_at(const json& object, const char* name, OfJson of) {
  std::vector<Value> values;
  for (const json& element : object.at(name)) values.push_back(of(element));
  return values;
}

Catalogue catalogue_of(const json& document) {
  Catalogue catalogue;
  catalogue.encoding = text_at(document, "encoding");
  catalogue.collate = text_at(document, "collate");
  catalogue.ctype = text_at(document, "ctype");
  catalogue.lc_monetary = text_at(document, "lc_monetary");
  catalogue.block_size = document.at("block_size").get<int>();
  catalogue.tables = array_at<Table>(document, "tables", table_of);
  catalogue.sequences = array_at<Sequence>(document, "sequences", sequence_of);
  catalogue.large_objects = array_at<LargeObject>(document, "large_objects", large_object_of);
  catalogue.items = array_at<SchemaItem>(document, "items", item_of);
  catalogue.roles = list_at(document, "roles");
  catalogue.database_settings = list_at(document, "database_settings");
  if (document.contains("left_out")) {
    catalogue.left_out = array_at<ObjectAddress>(document, "left_out", address_of);
  }
  return catalogue;
}

Identity identity_of(const json& document) {
  Identity identity;
  identity.host = text_at(document, "host");
  identity.port = text_at(document, "port");
  identity.database = text_at(document, "database");
  identity.database_oid = document.at("database_oid").get<Oid>();
  identity.user = text_at(document, "user");
  identity.system_identifier = text_at(document, "system_identifier");
  identity.server_version = document.at("server_version").get<int>();
  identity.server_version_text = text_at(document, "server_version_text");
  identity.in_recovery = document.at("in_recovery").get<bool>();
  return identity;
}

/// Turns whatever goes wrong while reading a document into Error(corrupt).
template <typename Read>
auto read_document(std::string_view text, const char* what, Read read) {
  try {
    const json document = json::parse(text);
    if (document.at("format").get<int>() != kFormat) {
      throw Error(ErrorKind::corrupt, std::string(what) + " is of an unknown format");
    }
    return read(document);
  } catch (const json::exception&) {
    throw Error(ErrorKind::corrupt, std::string(what) + " cannot be read");
  } catch (const std::out_of_range&) {
    throw Error(ErrorKind::corrupt, std::string(what) + " cannot be read");
  } catch (const Error& error) {
    throw Error(ErrorKind::corrupt, error.message());  // from_hex() blames the usage
  }
}

}  // namespace

std::string to_json(const Catalogue& catalogue) {
  json document{{"format", kFormat},
                {"encoding", text_json(catalogue.encoding)},
                {"collate", text_json(catalogue.collate)},
                {"ctype", text_json(catalogue.ctype)},
                {"lc_monetary", text_json(catalogue.lc_monetary)},
                {"block_size", catalogue.block_size},
                {"tables", array_json(catalogue.tables, table_json)},
                {"sequences", array_json(catalogue.sequences, sequence_json)},
                {"large_objects", array_json(catalogue.large_objects, large_object_json)},
                {"items", array_json(catalogue.items, item_json)},
                {"roles", list_json(catalogue.roles)},
                {"database_settings", list_json(catalogue.database_settings)}};
  if (!catalogue.left_out.empty()) {
    document["left_out"] = array_json(catalogue.left_out, address_json);
  }
  return document.dump();
}

Catalogue catalogue_from_json(std::string_view text) {
  return read_document(text, "the catalogue document", catalogue_of);
}

std::string to_json(const Identity& identity) {
  const json document{{"format", kFormat},
                      {"host", text_json(identity.host)},
                      {"port", text_json(identity.port)},
                      {"database", text_json(identity.database)},
                      {"database_oid", identity.database_oid},
                      {"user", text_json(identity.user)},
                      {"system_identifier", text_json(identity.system_identifier)},
                      {"server_version", identity.server_version},
                      {"server_version_text", text_json(identity.server_version_text)},
                      {"in_recovery", identity.in_recovery}};
  return document.dump();
}

Identity identity_from_json(std::string_view text) {
  return read_document(text, "the identity document", identity_of);
}

}  // namespace lifeboat::postgres

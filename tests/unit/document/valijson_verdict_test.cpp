#include "schema_verdicts.hpp"

#if __has_include(<valijson/validator.hpp>) && __has_include(<valijson/adapters/boost_json_adapter.hpp>)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <boost/json.hpp>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#pragma GCC diagnostic pop

#include <fstream>
#include <iterator>
#include <map>
#include <memory>

namespace wharf::document {
namespace {

boost::json::value read_schema(std::string const& name) {
    std::ifstream file(std::string(WHARF_SOURCE_DIR "/schemas/") + name);
    return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

valijson::Schema const& compiled(std::string const& kind) {
    static std::map<std::string, std::unique_ptr<valijson::Schema>> schemas;
    auto& schema = schemas[kind];
    if (!schema) {
        schema = std::make_unique<valijson::Schema>();
        auto const root = read_schema(kind + ".1.json");
        valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
        using Document = boost::json::value;
        parser.populateSchema(
            valijson::adapters::BoostJsonAdapter(root), *schema,
            [](std::string const& uri) -> Document const* {
                return new Document(read_schema(uri.substr(0, uri.find('#'))));
            },
            [](Document const* document) { delete document; });
    }
    return *schema;
}

} // namespace

std::optional<bool> valijson_accepts(std::string_view kind, std::string_view document) {
    auto const value = boost::json::parse(boost::json::string_view(document.data(), document.size()));
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    return validator.validate(compiled(std::string(kind)), valijson::adapters::BoostJsonAdapter(value), nullptr);
}

} // namespace wharf::document

#else

namespace wharf::document {
std::optional<bool> valijson_accepts(std::string_view, std::string_view) {
    return std::nullopt;
}
} // namespace wharf::document

#endif

// The declarations of the kinds of configuration file. What a field is called, means and takes stands in
// declarations.cpp and nowhere else.
#pragma once

#include "partner/field.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::partner {

[[nodiscard]] Declaration const& gateway_declaration(); // wharf.yaml
[[nodiscard]] Declaration const& profile_declaration(); // partners/<id>/profile.yaml
[[nodiscard]] Declaration const& channel_declaration(); // channels/<name>.yaml
[[nodiscard]] Declaration const& calendar_declaration(); // calendars/<name>.yaml
[[nodiscard]] Declaration const& lint_declaration();    // .wharf.yaml

/// The JSON Schema (draft 7) of a file with these fields.
[[nodiscard]] std::string json_schema(Declaration const& declaration, std::string_view title);
/// The fields as Markdown tables, one for the file and one for each mapping in it.
[[nodiscard]] std::string manual_tables(Declaration const& declaration);

/// The names a file name template may hold, without braces.
[[nodiscard]] std::vector<std::string> const& file_name_parts();

/// The kinds of document we translate.
[[nodiscard]] std::vector<std::string> known_documents();
/// The kind of document a transaction set carries, and the other way round; empty: not a set we translate.
[[nodiscard]] std::string_view document_of_set(std::string_view set);
[[nodiscard]] std::string_view set_of_document(std::string_view document);

/// "acme-supplies": the names of partners, channels, targets and identities. Gives what is wrong.
[[nodiscard]] std::string check_name(std::string_view text);

} // namespace wharf::partner

// A configuration in a folder of its own, to be spoiled by tests one place at a time.
#pragma once

#include "partner/configuration.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace wharf::partner {

class ConfigurationTest : public ::testing::Test {
protected:
    ConfigurationTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "wharf-partner-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        write("wharf.yaml", gateway);
        write("partners/acme/profile.yaml", acme);
        write("channels/box.yaml", box);
    }
    ~ConfigurationTest() override { std::filesystem::remove_all(folder); }

    void write(std::string const& name, std::string const& text) {
        std::filesystem::create_directories((folder / name).parent_path());
        std::ofstream(folder / name) << text;
    }
    /// A file with one place replaced; the place must be there.
    void spoil(std::string const& name, std::string text, std::string const& from, std::string const& to) {
        auto const at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        write(name, text);
    }
    void spoil_gateway(std::string const& from, std::string const& to) { spoil("wharf.yaml", gateway, from, to); }
    void spoil_acme(std::string const& from, std::string const& to) {
        spoil("partners/acme/profile.yaml", acme, from, to);
    }
    void spoil_box(std::string const& from, std::string const& to) { spoil("channels/box.yaml", box, from, to); }

    [[nodiscard]] std::expected<Configuration, Diagnostics> load(SecretCheck secrets = SecretCheck::resolve) const {
        return load_configuration(folder, secrets);
    }
    /// "CODE file:line:column message | help", one line per finding; warnings included.
    [[nodiscard]] std::string findings(SecretCheck secrets = SecretCheck::resolve) const {
        auto const loaded = load(secrets);
        return text_of(loaded ? loaded->warnings : loaded.error());
    }
    [[nodiscard]] std::string text_of(Diagnostics const& all) const {
        std::string text;
        for (auto const& finding : all) {
            auto const& place = finding.place;
            auto const file = std::filesystem::path(place.file).lexically_relative(folder).string();
            text += finding.code + " " + file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) +
                    " " + finding.message + " | " + finding.help + "\n";
        }
        return text;
    }

    std::filesystem::path folder;

    std::string const gateway = R"(store:
  file: data/wharf.db
identities:
  - name: us
    qualifier: ZZ
    id: EXAMPLEBUYER
targets:
  - name: erp
    url: https://erp.example.com/{document}
    production: yes
  - name: wms
    url: https://wms.example.com/in
    production: yes
    documents: [ship_notice]
  - name: erp-test
    url: http://127.0.0.1:9000/test
    production: no
)";
    std::string const acme = R"(name: ACME
identifiers:
  - qualifier: ZZ
    id: ACME
channel: box
documents:
  - set: 850
    direction: outbound
  - set: 810
    direction: inbound
    targets: [erp]
    test_targets: [erp-test]
)";
    std::string const box = R"(transport: folder
folder:
  root: data/box
pickup:
  inbox: in
  outbox: out
senders: [acme]
)";
};

} // namespace wharf::partner

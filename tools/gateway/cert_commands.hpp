// `wharf cert`: its flags, and what is done with them. The exit code: 0 nothing to do or done, 1 something must be done or is wrong
// with what was given, 2 could not run.
#pragma once

#include "commands.hpp"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace wharf::tools {

class CertCommands {
public:
    void add_to(CLI::App& app);
    /// Nothing: another command was given.
    [[nodiscard]] std::optional<int> run(Common const& common) const;

private:
    /// Where a passphrase comes from: never the command line.
    struct Passphrase {
        std::string variable, file;
        bool asks = false;
        void add_to(CLI::App& command, std::string const& of);
        [[nodiscard]] std::string reference() const; // "${env:NAME}"; empty: none
    };
    void add_list();
    void add_check();
    void add_request();
    void add_import();
    void add_rollover();
    int list(Common const& common) const;
    int check(Common const& common) const;
    int request(Common const& common) const;
    int import(Common const& common) const;
    int rollover(Common const& common) const;

    CLI::App *cert_ = nullptr, *list_ = nullptr, *check_ = nullptr, *request_ = nullptr, *import_ = nullptr, *rollover_ = nullptr;
    bool json_ = false, for_authority_ = false, only_look_ = false, again_ = false;
    unsigned ahead_ = 30, bits_ = 3072, term_ = 3 * 365;
    std::string channel_, name_, subject_, folder_, file_, key_, from_, use_, fingerprint_, on_;
    std::vector<std::string> emails_, hosts_;
    Passphrase passphrase_;
};

} // namespace wharf::tools

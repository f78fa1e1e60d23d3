#include "terminal.hpp"

#include <cstdio>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace wharf::tools {

namespace {

class Terminal {
public:
    Terminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
        if (fd_ < 0 || ::tcgetattr(fd_, &before_) != 0)
            return;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        silent.c_lflag |= ECHONL;
        is_silent_ = ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
    }
    Terminal(Terminal const&) = delete;
    Terminal& operator=(Terminal const&) = delete;
    ~Terminal() {
        if (is_silent_)
            ::tcsetattr(fd_, TCSAFLUSH, &before_);
        if (fd_ >= 0)
            ::close(fd_);
    }
    [[nodiscard]] bool is_silent() const { return is_silent_; }
    std::string ask(std::string const& question) {
        if (::write(fd_, question.data(), question.size()) < 0)
            return {};
        std::string line;
        for (char c = 0; ::read(fd_, &c, 1) == 1 && c != '\n' && line.size() < 1024;)
            line += c;
        return line;
    }

private:
    int fd_;
    bool is_silent_ = false;
    ::termios before_{};
};

} // namespace

Result<std::string> ask_passphrase(std::string const& question) {
    Terminal terminal;
    if (!terminal.is_silent())
        return invalid("there is no terminal to ask for a passphrase at; give --passphrase-env or --passphrase-file");
    auto first = terminal.ask(question + ": ");
    if (first.empty())
        return invalid("the passphrase is empty");
    if (terminal.ask("once more: ") != first)
        return invalid("the two are not the same");
    return first;
}

} // namespace wharf::tools

// SPDX-License-Identifier: GPL-3.0-or-later
// pilot report promotion ID --out FILE                          what was known, decided and done in one promotion
// pilot report model NAME [--since TIME] [--until TIME] --out FILE   what was live when, every change, each promotion in full
//   One HTML page for people who were not there, without scripts or foreign addresses; --out - is standard output. A PDF is made by the window.
//   --json {"file","bytes","sha256"}
#include "app/pilot/report_page.h"
#include "app/pilot/verb.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/data/csv.h"
#include "core/fleet/evidence_report.h"
#include "core/fleet/model_place.h"

#include <unistd.h>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string id, name, since, until, connection, out;
};

Result<QDateTime> timeOf(const std::string &given, const char *option) {
    if (given.empty())
        return QDateTime();
    const std::int64_t ms = data::parseIsoTime(given);
    if (ms == data::Column::missingTime)
        return invalid(QStringLiteral("“%1” is no time.").arg(QString::fromStdString(given)), Q(option), QStringLiteral("Write it as 2024-05-01 or 2024-05-01T14:30:00Z (UTC without an offset)."));
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

Result<void> write(Context &context, const Options &options, const QByteArray &page) {
    if (options.out == "-") {
        if (context.json)
            return invalid(QStringLiteral("--out - and --json both write to standard output."), QStringLiteral("--out"), QStringLiteral("Name a file."));
        return writeAll(STDOUT_FILENO, page.constData(), std::size_t(page.size()), QStringLiteral("standard output"));
    }
    PH_ASSIGN(const QString file, writeReportPage(options.out, page));
    context.answer({{Q("file"), file}, {Q("bytes"), page.size()}, {Q("sha256"), sha256Hex(page)}}, QStringLiteral("Written to %1.").arg(file));
    return {};
}

Result<void> promotion(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const QByteArray page, fleet::promotionReport(*services, QString::fromStdString(options.id)));
    return write(context, options, page);
}

Result<void> model(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const QDateTime since, timeOf(options.since, "--since"));
    PH_ASSIGN(const QDateTime until, timeOf(options.until, "--until"));
    PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*services, QString::fromStdString(options.name), QString::fromStdString(options.connection)));
    PH_ASSIGN(const QByteArray page, fleet::modelReport(*services, place.key.name, since, until, place.key.connection));
    return write(context, options, page);
}

const Verb verb("report", "An evidence report of a promotion or a model, as an HTML page", [](CLI::App &app, VerbBody &body) {
    static Options o;
    app.require_subcommand(1);
    const auto add = [&](const char *name, const char *help, Result<void> (*function)(Context &, const Options &)) {
        auto *sub = app.add_subcommand(name, help);
        sub->fallthrough();
        sub->callback([&body, function] { body = [function](Context &context) { return function(context, o); }; });
        sub->add_option("--out", o.out, "The file to be written; -: standard output")->required();
        return sub;
    };
    add("promotion", "One promotion: evidence, approvals, what was done, journal", promotion)->add_option("ID", o.id, "p-… or its operation op-…")->required();
    auto *of = add("model", "A model over a time: what was live when, and each promotion", model);
    of->add_option("NAME", o.name, "Registered model, or the workspace's name for it")->required();
    of->add_option("--since", o.since, "From this time on, ISO 8601");
    of->add_option("--until", o.until, "Before this time");
    of->add_option("--connection", o.connection, "Registry of this connection; default: the one that the workspace names for the model, else the local one");
});

} // namespace
} // namespace pilothouse

// SPDX-License-Identifier: GPL-3.0-or-later
// pilot journal [list [--limit N] [--operation ID] | verify | export --out FILE | seal --comment TEXT] [--json]
//   list    {"entries":[{"sequence","time","actor","program","operation","kind","phase","object","before","after","details","previous",
//           "hash"}]}, newest first
//   verify  {"intact","authenticated","entries","unsealed","first_bad_line"|null,"finding"}; exit 1 if it is not intact
//   export  {"out","entries","bytes","sha256","intact"}; the file is the journal line by line as it stands
//   seal    {"sequence","finding"}; takes the journal as it stands after a finding was looked into (approver)
#include "app/pilot/verb.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/fleet/services.h"

#include <QFileInfo>
#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using operations::JournalEntry;

struct Options {
    int limit = 50;
    std::string operation, out, comment;
};

QJsonObject toJson(const JournalEntry &e) {
    return {{Q("sequence"), e.sequence}, {Q("time"), isoUtc(e.time)}, {Q("actor"), e.actor}, {Q("program"), e.program}, {Q("operation"), e.operation},
            {Q("kind"), e.kind}, {Q("phase"), e.phase}, {Q("object"), e.object}, {Q("before"), e.before}, {Q("after"), e.after}, {Q("details"), e.details},
            {Q("previous"), e.previousHash}, {Q("hash"), e.hash}};
}

QString lineOf(const JournalEntry &e) {
    const QString what = e.details.value(Q("error")).toString(e.details.value(Q("summary")).toString(e.details.value(Q("finding")).toString()));
    return QStringLiteral("%1  %2  %3  %4 %5  %6  %7").arg(e.sequence, 5).arg(e.time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")), e.actor.leftJustified(10), e.kind, e.phase, e.object, what);
}

Result<void> list(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString wanted = QString::fromStdString(options.operation);
    PH_ASSIGN(const auto entries, services->journal->entries(wanted.isEmpty() ? options.limit : 0));
    QJsonArray array;
    QStringList lines;
    for (const JournalEntry &e : entries) {
        if (!wanted.isEmpty() && e.operation != wanted)
            continue;
        array.append(toJson(e));
        lines += lineOf(e);
    }
    context.answer({{Q("entries"), array}}, lines.isEmpty() ? QStringLiteral("The journal has no such line.") : lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> verify(Context &context, const Options &) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const operations::JournalCheck check, services->journal->verify());
    context.answer({{Q("intact"), check.intact}, {Q("authenticated"), check.authenticated}, {Q("entries"), check.entries}, {Q("unsealed"), check.unsealed},
                    {Q("first_bad_line"), check.firstBadLine ? QJsonValue(*check.firstBadLine) : QJsonValue()}, {Q("finding"), check.finding}},
                   (check.intact ? QStringLiteral("The journal is intact. ") : QStringLiteral("The journal is NOT intact. ")) + check.finding);
    context.exitCodeWanted = check.intact ? 0 : 1;
    return {};
}

Result<void> exportTo(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const operations::JournalCheck check, services->journal->verify());
    const QString out = QFileInfo(QString::fromStdString(options.out)).absoluteFilePath();
    if (out == QFileInfo(services->journal->file()).absoluteFilePath())
        return invalid(QStringLiteral("The journal cannot be exported over itself."), out, QStringLiteral("Choose another --out."));
    PH_ASSIGN(QByteArray bytes, readFile(services->journal->file()));
    bytes.truncate(bytes.lastIndexOf('\n') + 1); // a half line of an interrupted write is none
    PH_TRY(writeFileAtomically(out, bytes));
    context.answer({{Q("out"), out}, {Q("entries"), qint64(bytes.count('\n'))}, {Q("bytes"), qint64(bytes.size())}, {Q("sha256"), sha256Hex(bytes)}, {Q("intact"), check.intact}},
                   QStringLiteral("%1 lines written to %2. %3").arg(bytes.count('\n')).arg(out, check.finding));
    context.exitCodeWanted = check.intact ? 0 : 1;
    return {};
}

Result<void> seal(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString comment = QString::fromStdString(options.comment).trimmed();
    if (comment.isEmpty())
        return invalid(QStringLiteral("Say what was found out: sealing needs a comment."), {}, QStringLiteral("Add --comment “…”."));
    const operations::Actor &actor = services->operations->actor();
    if (auto may = operations::checkRole(actor, workspace::Role::Approver, QStringLiteral("seal the journal")); !may) {
        PH_TRY(operations::journalNote(*services->journal, actor, QStringLiteral("journal"), QStringLiteral("journal"), {{Q("finding"), may.error().text()}}));
        return may.error();
    }
    JournalEntry entry;
    entry.actor = actor.name;
    entry.program = actor.program;
    entry.kind = QStringLiteral("journal");
    entry.phase = QStringLiteral("note");
    entry.object = QStringLiteral("journal");
    entry.details = {{Q("summary"), QStringLiteral("Sealed as it stands")}, {Q("comment"), comment}};
    PH_ASSIGN(const JournalEntry written, services->journal->seal(entry));
    const QString finding = written.details.value(Q("finding")).toString();
    context.answer({{Q("sequence"), written.sequence}, {Q("finding"), finding}}, QStringLiteral("Sealed with line %1. The finding before: %2").arg(written.sequence).arg(finding));
    return {};
}

const Verb verb("journal", "Every write that was made or refused: list, verify, export, seal", [](CLI::App &app, VerbBody &body) {
    static Options options;
    const auto add = [&](const char *name, const char *help, Result<void> (*function)(Context &, const Options &)) {
        auto *sub = app.add_subcommand(name, help);
        sub->fallthrough();
        sub->callback([&body, function] { body = [function](Context &context) { return function(context, options); }; });
        return sub;
    };
    // Without a sub-verb it lists; parse_complete_callback runs before the sub-verb's own callback, which then wins.
    app.parse_complete_callback([&body] { body = [](Context &context) { return list(context, options); }; });
    auto *entries = add("list", "The newest lines", list);
    entries->add_option("--limit", options.limit, "At most that many; 0: all")->check(CLI::Range(0, 1'000'000'000));
    entries->add_option("--operation", options.operation, "Only of this operation (op-…)");
    add("verify", "Check every line and the sealed head; exit 1 if something was changed", verify);
    add("export", "Copy the journal to a file", exportTo)->add_option("--out", options.out, "The file to be written")->required();
    add("seal", "Take the journal as it stands, after a finding was looked into or the key was lost", seal)->add_option("--comment", options.comment, "What was found out")->required();
});

} // namespace
} // namespace pilothouse

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/usage_error.h"

#include "core/workspace/yaml_tree.h"

#include <QStringList>

namespace pilothouse {

namespace {

/// The verb, or sub-verb, that the words lead to: "rollouts list" of "pilot rollouts list --nope".
const CLI::App &innermost(const CLI::App &app) {
    const CLI::App *at = &app;
    while (!at->get_subcommands().empty())
        at = at->get_subcommands().front();
    return *at;
}

QString commandLine(const CLI::App &at) {
    QString line = QString::fromStdString(at.get_name());
    for (const CLI::App *above = at.get_parent(); above; above = above->get_parent())
        line.prepend(QString::fromStdString(above->get_name()) + QLatin1Char(' '));
    return line;
}

QStringList verbsOf(const CLI::App &at) {
    QStringList names;
    for (const CLI::App *sub : at.get_subcommands([](const CLI::App *) { return true; }))
        names << QString::fromStdString(sub->get_name());
    return names;
}

/// All long options that may stand here, the general ones too.
QStringList optionsOf(const CLI::App &at) {
    QStringList names;
    for (const CLI::App *app = &at; app; app = app->get_parent())
        for (const CLI::Option *option : app->get_options())
            for (const std::string &name : option->get_lnames())
                names << QStringLiteral("--") + QString::fromStdString(name);
    return names;
}

} // namespace

Error usageError(const CLI::App &app, const CLI::ParseError &thrown) {
    const CLI::App &at = innermost(app);
    const QString help = QStringLiteral("%1 --help lists what there is.").arg(commandLine(at));
    const auto unknown = [&](const QString &what, const QString &word, const QStringList &known) {
        const QString nearest = workspace::nearestName(word, known);
        return invalid(what, {}, nearest.isEmpty() ? help : QStringLiteral("Did you mean %1? %2").arg(nearest, help));
    };
    const QStringList verbs = verbsOf(at);
    QString option, word;
    for (const std::string &rest : app.remaining(true)) {
        const QString text = QString::fromStdString(rest);
        QString &first = text.startsWith(QLatin1Char('-')) ? option : word;
        if (first.isEmpty())
            first = text;
    }
    if (!verbs.isEmpty() && !word.isEmpty())
        return unknown(QStringLiteral("There is no verb %1 %2.").arg(commandLine(at), word), word, verbs);
    if (!verbs.isEmpty() && option.isEmpty())
        return invalid(QStringLiteral("%1 needs a verb: %2.").arg(commandLine(at), verbs.join(QStringLiteral(", "))), {}, help);
    if (!option.isEmpty())
        return unknown(QStringLiteral("%1 has no option %2.").arg(commandLine(at), option), option.section(QLatin1Char('='), 0, 0), optionsOf(at));
    if (!word.isEmpty())
        return invalid(QStringLiteral("%1 does not take %2.").arg(commandLine(at), word), {}, help);
    QString what = QString::fromStdString(thrown.what());
    if (!what.endsWith(QLatin1Char('.')))
        what += QLatin1Char('.');
    return invalid(QStringLiteral("%1: %2").arg(commandLine(at), what), {}, help);
}

} // namespace pilothouse

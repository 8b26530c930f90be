// SPDX-License-Identifier: GPL-3.0-or-later
// pilot workspace templates                      the reference systems there is a template for
// pilot workspace fields TEMPLATE                what is filled in: addresses, accounts, names of secrets
// pilot workspace new --template NAME --into DIR [--set CONNECTION.KEY=VALUE …] [--test]
//   Writes the workspace with its recipes and request profiles; --test looks at each of its connections then.
//   templates --json  {"templates":[{"name","title","about"}]}
//   fields --json     {"fields":[{"key","connection","kind","value","secret"}]}
//   new --json        {"workspace","template","connections"?:[{"name","ok","finding"}]}; exit 1 to 3 when a connection failed its test
#include "app/pilot/sub_verbs.h"

#include "core/demo/workspace_template.h"
#include "core/fleet/connections.h"
#include "core/fleet/vaults.h"

#include <QDir>
#include <QJsonArray>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string name, into;
    std::vector<std::string> set;
    bool test = false;
};

Result<void> templates(Context &context, const Options &) {
    QJsonArray all;
    QString text;
    for (const demo::WorkspaceTemplate &each : demo::workspaceTemplates()) {
        all.append(QJsonObject{{Q("name"), each.name}, {Q("title"), each.title}, {Q("about"), each.about}});
        text += QStringLiteral("%1  %2\n").arg(each.name, -14).arg(each.title);
    }
    context.answer({{Q("templates"), all}}, text.trimmed());
    return {};
}

Result<void> fields(Context &context, const Options &options) {
    PH_ASSIGN(const auto found, demo::templateFields(QString::fromStdString(options.name)));
    QJsonArray all;
    QString text;
    for (const demo::TemplateField &field : found) {
        all.append(QJsonObject{{Q("key"), field.key}, {Q("connection"), field.connection}, {Q("kind"), field.kind}, {Q("value"), field.value}, {Q("secret"), field.secret}});
        text += QStringLiteral("%1  %2%3\n").arg(field.key, -28).arg(field.value, field.secret ? QStringLiteral("  (name of a secret)") : QString());
    }
    context.answer({{Q("fields"), all}}, text.trimmed());
    return {};
}

/// Looks at each connection; those that this version only knows by name are left out.
Result<void> testAll(Context &context, const QString &file, QJsonObject &answer, QString &text) {
    PH_ASSIGN(const workspace::Workspace workspace, workspace::readWorkspace(file));
    const auto http = std::make_shared<net::HttpClient>();
    const auto secrets = fleet::workspaceSecrets(workspace, http, secrets::chainedStore({secrets::environmentStore(), secrets::keychainStore()}));
    QJsonArray all;
    for (const QString &name : workspace.connections.keys()) {
        const auto check = fleet::testConnection(workspace, name, *http, *secrets, context.stop());
        if (!check && check.error().kind == ErrorKind::Cancelled)
            return check.error();
        const QString finding = check ? check->finding : check.error().text();
        all.append(QJsonObject{{Q("name"), name}, {Q("ok"), bool(check)}, {Q("finding"), finding}});
        text += QStringLiteral("\n%1 %2: %3").arg(check ? QStringLiteral("ok  ") : QStringLiteral("bad "), name, finding);
        if (!check)
            context.exitCodeWanted = std::max(context.exitCodeWanted, exitCode(check.error().kind));
    }
    answer.insert(Q("connections"), all);
    return {};
}

Result<void> make(Context &context, const Options &options) {
    QMap<QString, QString> values;
    for (const std::string &one : options.set) {
        const QString text = QString::fromStdString(one);
        const qsizetype at = text.indexOf(QLatin1Char('='));
        if (at < 1)
            return invalid(QStringLiteral("“%1” sets nothing.").arg(text), {}, QStringLiteral("Write --set jenkins.url=https://ci.example"));
        values.insert(text.left(at), text.mid(at + 1));
    }
    const QString name = QString::fromStdString(options.name);
    PH_ASSIGN(const QString file, demo::writeWorkspaceTemplate(name, QString::fromStdString(options.into), values));
    QJsonObject answer{{Q("workspace"), file}, {Q("template"), name}};
    QString text = QStringLiteral("Written: %1\nKeep its secrets in the keychain (pilot secrets), then: pilot connect test --workspace %1").arg(file);
    if (options.test)
        PH_TRY(testAll(context, file, answer, text));
    context.answer(answer, text);
    return {};
}

const Verb verb("workspace", "New workspaces from templates of the reference systems", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.require_subcommand(1);
    addSubVerb(app, body, options, "templates", "The templates there are", templates);
    addSubVerb(app, body, options, "fields", "What of a template is filled in", fields)->add_option("TEMPLATE", options->name, "Its name")->required();
    CLI::App *const sub = addSubVerb(app, body, options, "new", "Write a workspace from a template", make);
    sub->add_option("--template", options->name, "Its name (pilot workspace templates)")->required();
    sub->add_option("--into", options->into, "The folder; it has no workspace yet")->required();
    sub->add_option("--set", options->set, "CONNECTION.KEY=VALUE in place of what the template has; may be repeated");
    sub->add_flag("--test", options->test, "Look at each connection when it is written");
});

} // namespace
} // namespace pilothouse

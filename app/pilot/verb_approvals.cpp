// SPDX-License-Identifier: GPL-3.0-or-later
// pilot approvals key [--new] [--actor NAME]: one's public key and its line for the workspace. The private key stays in the keychain.
//   --json {"actor","key","named","operation"?}; named: does the workspace name this key for the actor
// pilot approvals add NAME KEY, pilot approvals remove NAME: whose signatures count, in the workspace file; pilot undo takes it back.
//   --json as other operations
// pilot approvals list: --json {"workspace","approvers":[{"name","key"}]}
// pilot approvals verify [ID] [--json]: every signature of a promotion, or of all, against the workspace's keys and, of what waits, against what
//   the registry says now. Exit 1 if one is void.
//   --json {"promotions":[{"id","model","version","alias","state","needed","counting","not_signed"?,"doubt"?,"approvals":[{… as pilot approve}]}],"tags":[SENTENCE],
//           "void":N}
#include "app/pilot/operation_answer.h"
#include "app/pilot/promotion_answer.h"
#include "app/pilot/verb.h"

#include "core/fleet/approvers.h"
#include "core/fleet/services.h"
#include "core/promotion/signed_statement.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string actor, name, key, id;
    bool fresh = false;
};

Result<void> showKey(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString actor = options.actor.empty() ? services->operations->actor().name : QString::fromStdString(options.actor);
    QString key, operation;
    if (options.fresh) {
        PH_ASSIGN(auto made, fleet::newApprovalKeyOperation(secrets::keychainStore(), actor, key));
        PH_ASSIGN(operation, services->operations->runWhole(made));
    } else {
        PH_ASSIGN(key, promotion::approvalKey(*services->secrets, actor));
    }
    const QString named = services->workspace.approvers.value(actor);
    QJsonObject answer{{Q("actor"), actor}, {Q("key"), key}, {Q("named"), named == key}};
    if (!operation.isEmpty())
        answer.insert(Q("operation"), operation);
    QString text = QStringLiteral("%1: %2").arg(actor, key);
    if (named == key)
        text += QStringLiteral("\nThe workspace names it.");
    else
        text += QStringLiteral("\nThe workspace names %1. An approver adds this one to %2:\n  pilot approvals add %3 %4").arg(named.isEmpty() ? QStringLiteral("no key for %1").arg(actor) : QStringLiteral("another key"), services->workspace.file, actor, key);
    context.answer(answer, text);
    return {};
}

Result<void> list(Context &context) {
    PH_ASSIGN(const auto services, context.services());
    const auto &approvers = services->workspace.approvers;
    QJsonArray array;
    QStringList lines;
    for (auto it = approvers.constBegin(); it != approvers.constEnd(); ++it) {
        array.append(QJsonObject{{Q("name"), it.key()}, {Q("key"), it.value()}});
        lines += QStringLiteral("%1: %2").arg(it.key(), it.value());
    }
    if (lines.isEmpty())
        lines += QStringLiteral("The workspace names no approvers: approvals are not signed. Begin with: pilot approvals key --new");
    context.answer({{Q("workspace"), services->workspace.name}, {Q("approvers"), array}}, lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> edit(Context &context, const Options &options, bool add) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(auto operation, fleet::approverOperation(services->workspace.file, QString::fromStdString(options.name), add ? QString::fromStdString(options.key) : QString()));
    return runAndAnswer(context, *services->operations, std::move(operation), false);
}

Result<void> verify(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    auto &promotions = *services->promotions;
    PH_ASSIGN(const QStringList tags, promotions.gather());
    std::vector<promotion::Request> all;
    if (options.id.empty()) {
        PH_ASSIGN(const auto listed, promotions.requests());
        for (const promotion::Request &r : listed) {
            PH_ASSIGN(const auto whole, promotions.verified(r.id));
            all.push_back(whole);
        }
    } else {
        PH_ASSIGN(const auto one, promotions.verified(QString::fromStdString(options.id)));
        all.push_back(one);
    }
    QJsonArray array;
    QStringList lines;
    int bad = int(tags.size());
    for (const promotion::Request &r : all) {
        QJsonObject of{{Q("id"), r.id}, {Q("model"), r.model}, {Q("version"), r.version}, {Q("alias"), r.alias}, {Q("state"), promotion::requestStateName(r.state)},
                       {Q("needed"), r.approvalsNeeded}, {Q("counting"), r.approved()}, {Q("approvals"), r.toJson().value(Q("approvals"))}};
        lines += QStringLiteral("%1  %2 v%3 to %4, %5: %6 of %7 count").arg(r.id, r.model).arg(r.version).arg(r.alias, promotion::requestStateName(r.state)).arg(r.approved()).arg(r.approvalsNeeded);
        if (!r.doubt.isEmpty()) {
            of.insert(Q("doubt"), r.doubt);
            lines += QStringLiteral("  void    ") + r.doubt;
            ++bad;
        }
        for (const promotion::Approval &a : r.approvals) {
            const bool isVoid = a.standing == promotion::Approval::Standing::Void;
            bad += isVoid;
            lines += QStringLiteral("  %1  %2").arg(isVoid ? QStringLiteral("void  ") : promotion::standingName(a.standing), approvalText(a));
        }
        if (!r.signing) {
            of.insert(Q("not_signed"), r.notSigned());
            lines += QStringLiteral("  ") + r.notSigned();
        }
        array.append(of);
    }
    lines += tags;
    if (all.empty())
        lines += QStringLiteral("No promotion was asked for yet.");
    context.exitCodeWanted = bad > 0 ? 1 : 0;
    context.answer({{Q("promotions"), array}, {Q("tags"), QJsonArray::fromStringList(tags)}, {Q("void"), bad}}, lines.join(QLatin1Char('\n')));
    return {};
}

const Verb verb("approvals", "Keys and signatures of those who approve", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.require_subcommand(1);
    auto *key = app.add_subcommand("key", "Show one's public key, or make a new pair; the private key stays in the keychain");
    key->add_flag("--new", options->fresh, "Make a new pair in place of the one before");
    key->add_option("--actor", options->actor, "Whose (default: the user who runs this)");
    key->callback([&body, options] { body = [options](Context &context) { return showKey(context, *options); }; });
    auto *lister = app.add_subcommand("list", "Whose signatures count in this workspace");
    lister->callback([&body] { body = list; });
    auto *adder = app.add_subcommand("add", "Name an approver's public key in the workspace");
    adder->add_option("NAME", options->name, "The approver, as the journal names the user")->required();
    adder->add_option("KEY", options->key, "ed25519:…, as pilot approvals key shows it")->required();
    adder->callback([&body, options] { body = [options](Context &context) { return edit(context, *options, true); }; });
    auto *remover = app.add_subcommand("remove", "Take an approver out of the workspace");
    remover->add_option("NAME", options->name, "The approver")->required();
    remover->callback([&body, options] { body = [options](Context &context) { return edit(context, *options, false); }; });
    auto *verifier = app.add_subcommand("verify", "Check every signature of a promotion, or of all");
    verifier->add_option("ID", options->id, "The promotion, p-…; left out: all");
    verifier->callback([&body, options] { body = [options](Context &context) { return verify(context, *options); }; });
    for (auto *sub : {key, lister, adder, remover, verifier})
        sub->fallthrough();
});

} // namespace
} // namespace pilothouse

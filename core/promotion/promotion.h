// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/database.h"
#include "core/cluster/rollout_target.h"
#include "core/operations/operation.h"
#include "core/promotion/evidence.h"
#include "core/registry/registry.h"
#include "core/secrets/secret_store.h"

#include <functional>
#include <memory>

namespace pilothouse::promotion {

/// All tables of registry.db in the one order in which they came to be; every program opens the file with this list. New steps go
/// to the end; a released one is never changed.
std::vector<QString> registryDatabaseMigrations();
QString promotionTables1();
QString promotionTables2(); ///< where a model is registered

enum class RequestState { Pending, Rejected, Executing, Done, Failed, Undone, TurnedBack };
QString requestStateName(RequestState state);

struct Approval {
    QString actor, comment;
    bool approved = true;
    QDateTime time;
    enum class Standing { Unsigned, Signed, Void }; ///< Void does not count
    Standing standing = Standing::Unsigned;
    QString reason = {}; ///< why it is void
    QDateTime expires = {}; ///< of a yes
    QString key = {}; ///< public key of its signature
};
QString standingName(Approval::Standing standing); ///< unsigned, signed, void

/// One wish to move an alias to a version, with its evidence and decisions. Lives in the registry database.
struct Request {
    QString id; ///< "p-" + 8 hex
    QString connection; ///< of the workspace, where the model is registered; empty: the local registry
    QString model, alias, requester;
    int version = 0;
    std::optional<int> from; ///< where the alias pointed when the sheet was made; the guard
    QString digest;          ///< of the candidate package
    QString evidenceDigest;  ///< of the evidence as it is stored
    RequestState state = RequestState::Pending;
    Evidence evidence;
    std::vector<Approval> approvals;
    int approvalsNeeded = 1;
    bool preventSelfApproval = false;
    QDateTime created, decided;
    QString operation; ///< id of the executed operation
    QJsonObject undoRecord;
    QString outcome; ///< a sentence
    bool signing = false; ///< the workspace names approvers: only signed approvals count
    QString doubt = {};   ///< why the request itself is not what its requester signed: then nobody can approve it
    int approved() const; ///< how many said yes and count
    registry::ModelKey key() const { return {connection, model}; }
    QString notSigned() const; ///< "not signed: the workspace names no approvers"; empty where they are signed
    /// {"id","connection","model","alias","version","from","digest","state","requester","approvals":[{"actor","approved","comment","time","standing","reason"?,"expires"?,"key"?}],
    /// "evidence_digest","not_signed"?,"doubt"?,"approvals_needed","prevent_self_approval","created","decided","operation","outcome","evidence":{…}}
    QJsonObject toJson() const;
};

/// What stands in a registry now, as far as approvals depend on it.
struct RegistryNow {
    std::optional<int> alias; ///< where the request's alias points
    QString digest;           ///< of the version's package, as it is registered; empty: the registry does not say
    QString madeBy;           ///< who registered the version
    bool promoting = false;   ///< the promotion itself is under way: the alias may be moved already
};
/// What is known of a request's registry without asking a server; none: nothing.
using LookUp = std::function<std::optional<RegistryNow>(const Request &)>;

/// Which version was live when: one row per change of an alias, written by the executed operations.
struct LiveRecord {
    QString model, alias;
    std::optional<int> version;
    QDateTime since;
    QString by, operation;
};

/// The alias that the version before carries while the new one is rolled out, and until the next promotion.
inline constexpr auto previousAlias = "previous";

/// The promotion service: everything the sheet and `pilot promote|approve|reject|undo` do. Enforcement lives here. Any thread.
class Promotions {
public:
    struct Parts {
        std::shared_ptr<Database> database; ///< the registry's
        std::shared_ptr<registry::Registry> registry; ///< the local one
        std::function<Result<std::shared_ptr<registry::Registry>>(const QString &connection)> registryOf; ///< of another connection; empty: there is none
        std::shared_ptr<operations::Operations> operations;
        std::function<Result<std::shared_ptr<cluster::RolloutTarget>>(const workspace::Model &)> rolloutTarget; ///< NotFound: none configured
        workspace::Workspace workspace;
        std::shared_ptr<const Clock> clock;
        std::shared_ptr<secrets::SecretStore> secrets = {}; ///< where the actor's private key lies; null: nothing can be signed
        Result<std::shared_ptr<registry::Registry>> registryFor(const QString &connection) const;
    };
    /// A promotion that a killed program left in the midst is looked at (alias? traffic?) and finished, or marked with what is
    /// true, if the actor may do so (operator); one that another program is executing now is left alone. `found`: a sentence each.
    static Result<std::shared_ptr<Promotions>> open(Parts parts, QStringList *found = nullptr);
    ~Promotions();

    /// What computeEvidence() needs for this promotion, but for the loader: both versions with their packages on this machine, the model's rules, the
    /// code's folder. A server's packages are fetched; the candidate's is read there again, in case it was written over.
    Result<EvidenceInput> evidenceInput(const registry::ModelKey &model, int version, const QString &alias, std::stop_token stop = {}) const;
    /// What approving would do now, without doing it. Refused if the alias points there already.
    Result<operations::Operation> plan(const registry::ModelKey &model, int version, const QString &alias);
    /// What undo(id) would do now.
    Result<operations::Operation> planUndo(const QString &id, const QString &reason);
    /// Stores a pending request with its evidence (operator). Conflict if the alias moved since the evidence was made, or the
    /// same wish is pending already.
    Result<Request> request(const registry::ModelKey &model, int version, const QString &alias, const Evidence &evidence);
    /// Records an approval (approver; not one's own where barred; comment required); executes the plan when enough are there.
    /// Refused if a gate blocks, Conflict if the alias or the package digest moved. When the execution fails halfway, what was
    /// done is put back, the request is Failed, and the error comes back.
    Result<Request> approve(const QString &id, const QString &comment);
    Result<Request> reject(const QString &id, const QString &comment);
    /// One-step undo of an executed promotion: traffic, alias and `previous` back, by its undo record. `id`: of the request or of its
    /// operation. `reason` for turn-backs, which need no role: they carry out the undo that was approved with the plan.
    Result<Request> undo(const QString &id, const QString &reason, bool turnBack = false);
    /// Newest first. Their approvals are verified as requestById() says.
    Result<std::vector<Request>> requests(const LookUp &lookUp = {}) const;
    Result<std::vector<Request>> requests(const registry::ModelKey &model) const;
    /// By its own id or its operation's. Its approvals are verified; no server is asked: an alias or a package that changed on one is seen by `lookUp`, by
    /// verified(), and before anything is sent.
    Result<Request> requestById(const QString &id) const;
    /// As requestById(), and while it is not decided against what its registry says now, if that answers.
    Result<Request> verified(const QString &id) const;
    /// Takes in requests, approvals and outcomes that others wrote into the tags of the registries that the workspace's models have, where it names
    /// approvers; else nothing. Gives a sentence for each thing there that does not hold. Errors of the registries: the last one, after all were asked.
    Result<QStringList> gather();
    /// The same, of versions that were read already.
    Result<QStringList> hear(const QString &connection, const std::vector<registry::Version> &versions);
    Result<std::vector<LiveRecord>> liveHistory(const registry::ModelKey &model, const QString &alias) const; ///< newest first
    Result<std::optional<int>> liveAt(const registry::ModelKey &model, const QString &alias, const QDateTime &time) const;

private:
    struct Impl;
    explicit Promotions(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::promotion

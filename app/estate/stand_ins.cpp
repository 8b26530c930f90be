// SPDX-License-Identifier: GPL-3.0-or-later
// All stand-ins, a line each.
#include "app/estate/stand_ins.h"

#include "app/estate/azureml.h"
#include "app/estate/blobs.h"
#include "app/estate/github.h"
#include "app/estate/grafana.h"
#include "app/estate/jenkins.h"
#include "app/estate/kubeflow.h"
#include "app/estate/slack.h"
#include "app/estate/vault.h"

namespace pilothouse::estate {

namespace {

using Blobs = std::shared_ptr<BlobStandIn>;

struct Kind {
    const char *name;
    std::unique_ptr<StandIn> (*make)(const Blobs &blobs);
};

template<class T> std::unique_ptr<StandIn> make(const Blobs &) { return std::make_unique<T>(); }
template<class T> std::unique_ptr<StandIn> makeWithBlobs(const Blobs &blobs) { return std::make_unique<T>(blobs); }

/// The object storage, which those who keep something there hold too.
class SharedBlobs final : public StandIn {
public:
    explicit SharedBlobs(Blobs blobs) : m_blobs(std::move(blobs)) {}
    QString name() const override { return m_blobs->name(); }
    Answer answer(const Call &call) override { return m_blobs->answer(call); }
    void advance(const QDateTime &now) override { m_blobs->advance(now); }
    QJsonObject control(const QString &verb, const QJsonObject &details) override { return m_blobs->control(verb, details); }
    QJsonObject state() const override { return m_blobs->state(); }
    void restore(const QJsonObject &state) override { m_blobs->restore(state); }

private:
    Blobs m_blobs;
};

constexpr Kind kinds[] = {
    {"jenkins", make<Jenkins>},
    {"github", makeWithBlobs<GithubStandIn>},
    {"kubeflow", make<KubeflowStandIn>},
    {"azureml", makeWithBlobs<AzureMlStandIn>},
    {"blobs", makeWithBlobs<SharedBlobs>},
    {"slack", make<Slack>},
    {"grafana", make<Grafana>},
    {"vault", make<Vault>},
};

} // namespace

QStringList standInNames() {
    QStringList out;
    for (const Kind &kind : kinds)
        out << QString::fromLatin1(kind.name);
    return out;
}

std::vector<std::unique_ptr<StandIn>> makeStandIns(const QStringList &only) {
    std::vector<std::unique_ptr<StandIn>> out;
    const auto blobs = std::make_shared<BlobStandIn>();
    for (const Kind &kind : kinds)
        if (only.isEmpty() || only.contains(QLatin1String(kind.name)))
            out.push_back(kind.make(blobs));
    return out;
}

} // namespace pilothouse::estate

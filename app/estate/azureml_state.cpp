// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/azureml.h"
#include "app/estate/wire.h"

#include <algorithm>

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }
bool over(const QString &status) { return status == Q("Completed") || status == Q("Failed") || status == Q("Canceled"); }

} // namespace

AzureMlStandIn::AzureMlStandIn(std::shared_ptr<BlobStandIn> blobs) : m_blobs(std::move(blobs))
{
    Job job;
    job.name = Q("dynamic_brush_7kq2x1w0vz");
    job.created = QDateTime::currentDateTimeUtc().addDays(-9);
    job.properties = {{Q("jobType"), Q("Command")}, {Q("command"), Q("python ml/train.py --data_path ${{inputs.training_data}} --model_output_path ${{outputs.model_output}}")}, {Q("environmentId"), Q("mlops-env:1")}, {Q("computeId"), Q("cpu-cluster")},
                      {Q("codeId"), Q("azureml-code:1")}, {Q("experimentName"), Q("damage-incidence-prediction")}, {Q("displayName"), Q("svc-training-job")},
                      {Q("inputs"), QJsonObject{{Q("training_data"), QJsonObject{{Q("jobInputType"), Q("uri_file")}, {Q("uri"), Q("azureml:training-data:1")}, {Q("mode"), Q("ReadOnlyMount")}}}}},
                      {Q("outputs"), QJsonObject{{Q("model_output"), QJsonObject{{Q("jobOutputType"), Q("uri_folder")}, {Q("mode"), Q("ReadWriteMount")}}}}}};
    m_jobs.push_back(job);
    m_now = job.created.addDays(1);
    for (int i = 0; i < 2; ++i) // the cluster starts, the job runs
        move(m_jobs[0]);
    m_now = QDateTime();
    m_clusterReady = m_lastBusy = QDateTime(); // it has scaled to zero since
    m_schedules.append(QJsonObject{{Q("name"), Q("weekly-training")}, {Q("properties"), QJsonObject{{Q("displayName"), Q("weekly-training")}, {Q("isEnabled"), false}, {Q("provisioningState"), Q("Succeeded")}, {Q("trigger"), QJsonObject{{Q("triggerType"), Q("Cron")}, {Q("expression"), Q("0 3 * * 1")}, {Q("timeZone"), Q("UTC")}}},
                                                                                      {Q("action"), QJsonObject{{Q("actionType"), Q("CreateJob")}, {Q("jobDefinition"), job.properties}}}}}});
}

QString AzureMlStandIn::name() const { return Q("azureml"); }
QDateTime AzureMlStandIn::now() const { return m_now.isValid() ? m_now : QDateTime::currentDateTimeUtc(); }
int AzureMlStandIn::seconds(const char *what, int usual) const { return m_settings[Q(what)].toInt(usual); }

AzureMlStandIn::Job *AzureMlStandIn::named(const QString &name)
{
    const auto found = std::find_if(m_jobs.begin(), m_jobs.end(), [&](const Job &j) { return j.name == name; });
    return found == m_jobs.end() ? nullptr : &*found;
}

QString AzureMlStandIn::artifactPath(const Job &job, const QString &file) const { return QStringLiteral("azureml/ExperimentRun/dcid.%1/%2").arg(job.name, file); }

/// Where a file of an output lies: in the datastore that the job names for it, else in the store of the run's artifacts.
QString AzureMlStandIn::outputPath(const Job &job, const QString &output, const QString &file) const
{
    const QString uri = job.properties[Q("outputs")].toObject()[output].toObject()[Q("uri")].toString(), store = Q("azureml://datastores/workspaceblobstore/paths/");
    if (!uri.startsWith(store))
        return artifactPath(job, output + QLatin1Char('/') + file);
    QString path = uri.mid(store.size());
    while (path.endsWith(QLatin1Char('/')))
        path.chop(1);
    return QStringLiteral("estatestore/azureml-blobstore/%1/%2").arg(path, file);
}

/// NotStarted → Starting → Queued (while the cluster comes from zero nodes: minutes) → Running → Finalizing → Completed.
void AzureMlStandIn::move(Job &job)
{
    if (over(job.status))
        return;
    if (job.cancelAsked.isValid()) {
        if (job.cancelAsked.addSecs(seconds("cancel_seconds", 120)) > now()) // it sits in CancelRequested for minutes (BACKEND_APIS.md §3.5)
            return;
        job.status = Q("Canceled");
        job.ended = now();
        return;
    }
    const qint64 age = job.created.secsTo(now());
    if (age < 2)
        return;
    job.status = age < 5 ? Q("Starting") : age < 8 ? Q("Preparing") : Q("Queued");
    if (age < 8)
        return;
    if (!m_clusterReady.isValid() || (m_lastBusy.isValid() && m_lastBusy.addSecs(120) < job.created)) { // scaled to zero when idle
        m_clusterReady = job.created.addSecs(8 + seconds("start_seconds", 180));
        m_lastBusy = QDateTime();
    }
    if (m_clusterReady > now())
        return;
    if (!job.started.isValid()) {
        job.started = std::max(m_clusterReady, job.created.addSecs(8));
        job.fails = m_failing > 0;
        m_failing -= job.fails ? 1 : 0;
    }
    const int takes = seconds("run_seconds", 60);
    m_lastBusy = std::min(now(), job.started.addSecs(takes + 5));
    job.status = Q("Running");
    QByteArray &log = job.logs[Q("user_logs/std_log.txt")];
    log = "Loading training-data:1\n";
    if (job.started.addSecs(takes / 2) <= now())
        log += "shuffled, split, scaled; SMOTE on train only (k = 5)\n";
    if (job.started.addSecs(takes) > now())
        return;
    log += job.fails ? "Traceback (most recent call last):\nValueError: asked to fail\n" : "f1=0.7143 recall=0.6765 balanced_accuracy=0.8321\nSaved svc_model.joblib and scaler.joblib\n";
    job.status = Q("Finalizing");
    if (job.started.addSecs(takes + 5) > now())
        return;
    job.status = job.fails ? Q("Failed") : Q("Completed");
    job.ended = job.started.addSecs(takes + 5);
    if (!job.fails) {
        const QJsonObject outputs = job.properties[Q("outputs")].toObject();
        for (const QString &output : outputs.keys())
            for (const char *file : {"svc_model.joblib", "scaler.joblib"}) {
                const QByteArray made = QByteArray::fromBase64(m_settings.value(Q("outputs")).toObject().value(Q(file)).toString().toLatin1());
                m_blobs->keep(outputPath(job, output, Q(file)), made.isEmpty() ? QByteArray("joblib ") + file + " of " + job.name.toUtf8() : made, "application/octet-stream");
            }
    }
}

void AzureMlStandIn::advance(const QDateTime &now)
{
    m_now = now;
    m_blobs->advance(now);
    for (Job &job : m_jobs)
        move(job);
}

QJsonObject AzureMlStandIn::control(const QString &verb, const QJsonObject &details)
{
    if (verb == Q("settings")) {
        for (auto it = details.begin(); it != details.end(); ++it)
            m_settings[it.key()] = it.value();
        return m_settings;
    }
    if (verb == Q("fail")) {
        m_failing = details[Q("times")].toInt(1);
        return {{Q("times"), m_failing}};
    }
    if (verb == Q("sign_out")) {
        const int ended = int(m_refresh.size());
        m_refresh.clear();
        m_tokens.clear();
        return {{Q("signed_out"), ended}};
    }
    if (verb == Q("sign_in")) {
        for (auto &[code, device] : m_devices)
            if (device.userCode == details[Q("user_code")].toString()) {
                device.signedIn = true;
                return {{Q("signed_in"), true}};
            }
        return {{Q("error"), Q("no such code")}};
    }
    return StandIn::control(verb, details);
}

} // namespace pilothouse::estate

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/image_tags.h"

#include "core/fleet/image_registries.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/base/theme.h"

#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;
constexpr int typing = 400; ///< milliseconds without a key before a registry is asked

QString shortDigest(const QString &digest) { return digest.section(QLatin1Char(':'), 1).left(12); }

/// What a person wants to know of an image before it is rolled out.
QString factsOf(const cluster::ImageInfo &info, const QDateTime &now) {
    QStringList parts;
    if (!info.revision.isEmpty())
        parts << ImageTags::tr("commit %1").arg(info.revision.left(12));
    if (!info.version.isEmpty())
        parts << ImageTags::tr("version %1").arg(info.version);
    if (info.created.isValid())
        parts << ImageTags::tr("built %1 ago").arg(age(info.created, now));
    if (info.bytes > 0)
        parts << bytes(info.bytes);
    parts << (info.platforms.empty() ? info.platform : ImageTags::tr("%n platforms", nullptr, int(info.platforms.size())));
    if (info.scan)
        parts << info.scan->text();
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

} // namespace

ImageTagModel::ImageTagModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Tag"), left, 0, {}, 0}, {tr("Pushed"), right, 92, {}, 1}, {tr("Size"), right, 72, {}, 3}, {tr("Findings"), left, 130, tr("Of the registry's scanner"), 2}, {tr("Digest"), left, 112, {}, 4}};
}

void ImageTagModel::setTags(std::vector<cluster::ImageTag> tags, const QString &running, const QDateTime &now) {
    m_running = running;
    m_now = now;
    setRows(std::move(tags));
}

QVariant ImageTagModel::cell(const cluster::ImageTag &tag, int column, int role) const {
    const bool runs = !m_running.isEmpty() && (tag.name == m_running || tag.digest == m_running);
    switch (role) {
    case SortRole:
        switch (column) {
        case Pushed: return tag.pushed;
        case Size: return tag.bytes;
        default: return tag.name;
        }
    case StrongRole: return column == Tag && runs;
    case MutedRole: return column != Tag && column != Findings;
    case MonoRole: return column == Tag || column == Digest;
    case TextStateRole:
        if (column != Findings || !tag.scan)
            return {};
        return int(tag.scan->counts.value(QStringLiteral("critical")) > 0 ? State::Bad : tag.scan->counts.value(QStringLiteral("high")) > 0 ? State::Warn : State::None);
    case Qt::ToolTipRole: return column == Digest ? tag.digest : runs ? tr("The workload has this one now.") : QVariant();
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (column) {
    case Tag: return runs ? tr("%1 (now)").arg(tag.name) : tag.name;
    case Pushed: return tag.pushed.isValid() ? age(tag.pushed, m_now) : QString();
    case Size: return tag.bytes > 0 ? bytes(tag.bytes) : QString();
    case Findings: return tag.scan ? tag.scan->text() : QString();
    default: return shortDigest(tag.digest);
    }
}

ImageTags::ImageTags(std::shared_ptr<fleet::Services> services, Pools *pools, QWidget *parent)
    : QWidget(parent), m_services(std::move(services)), m_pools(pools), m_model(new ImageTagModel(this)), m_table(new Table), m_told(new Label({}, TextRole::Caption, &Tokens::t3)) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    m_table->setObjectName(QStringLiteral("imageTags"));
    m_table->setAccessibleName(tr("Tags of the image"));
    m_table->setRowHeight(Table::Compact);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_table->setMinimumHeight(Theme::of(this).px(120));
    m_told->setObjectName(QStringLiteral("imageTold"));
    m_told->setWordWrap(true);
    column->addWidget(m_table, 1);
    column->addWidget(m_told);
    m_soon.setSingleShot(true);
    connect(&m_soon, &QTimer::timeout, this, &ImageTags::read);
    connect(m_table, &Table::chosen, this, [this](const QString &tag) {
        if (m_filling || !m_image || tag.isEmpty())
            return;
        Q_EMIT chosen(m_image->withTag(tag).familiar());
        tellOf(tag);
    });
}

ImageTags::~ImageTags() {
    m_reading.stop.request_stop();
    m_looking.stop.request_stop();
}

void ImageTags::showFor(const QString &image, const QString &running) {
    const auto parsed = cluster::parseImage(image.trimmed());
    if (!parsed) // half written
        return;
    const auto now = cluster::parseImage(running);
    m_running = now && now->name() == parsed->name() ? (now->digest.isEmpty() ? now->wanted() : now->digest) : QString();
    if (m_image && m_image->name() == parsed->name())
        return;
    m_image = *parsed;
    m_model->setTags({}, m_running, {});
    m_told->setText(tr("Asks %1 for the tags of %2 …").arg(parsed->host, parsed->repository));
    m_soon.start(typing);
}

void ImageTags::read() {
    if (!m_services || !m_pools || !m_image)
        return;
    if (m_reading.isRunning()) { // for another repository
        m_reading.stop.request_stop();
        m_soon.start(typing);
        return;
    }
    m_reading = startTask<std::vector<cluster::ImageTag>>(m_pools->waiting, [services = m_services, image = *m_image](std::stop_token stop) -> Result<std::vector<cluster::ImageTag>> {
        PH_ASSIGN(const auto registry, services->images->of(image.host));
        return registry->tags(image.repository, stop);
    });
    deliver(m_reading, this, [this, name = m_image->name()](const Result<std::vector<cluster::ImageTag>> &tags) {
        if (m_image && m_image->name() == name)
            showTags(tags);
    });
}

void ImageTags::showTags(const Result<std::vector<cluster::ImageTag>> &tags) {
    m_filling = true; // the table chooses a row by itself: nobody's choice
    const QDateTime now = m_services ? m_services->clock->nowUtc() : QDateTime::currentDateTimeUtc();
    m_model->setTags(tags ? *tags : std::vector<cluster::ImageTag>(), m_running, now);
    m_filling = false;
    m_told->setText(!tags ? tr("The registry does not tell its tags: %1").arg(tags.error().text()) : tags->empty() ? tr("The repository has no tags.") : tr("%n tags; ↑ and ↓ choose one.", nullptr, int(tags->size())));
}

void ImageTags::tellOf(const QString &tag) {
    if (!m_services || !m_pools)
        return;
    m_looking.stop.request_stop();
    m_looking = startTask<cluster::ImageInfo>(m_pools->waiting, [services = m_services, image = m_image->withTag(tag)](std::stop_token stop) { return services->images->image(image.text(), stop); });
    deliver(m_looking, this, [this, tag](const Result<cluster::ImageInfo> &info) {
        if (m_table->currentId() == tag)
            m_told->setText(info ? factsOf(*info, m_services->clock->nowUtc()) : info.error().kind == ErrorKind::Cancelled ? m_told->text() : info.error().text());
    });
}

} // namespace pilothouse::ui

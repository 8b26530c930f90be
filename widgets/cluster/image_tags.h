// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/cluster/image_registry.h"
#include "core/fleet/services.h"
#include "widgets/base/cells.h"

#include <QTimer>
#include <QWidget>

namespace pilothouse::ui {

class Label;
class Table;

/// Tags of a repository: name, push time, size, findings, digest. Newest first where the registry tells when they were pushed.
class ImageTagModel : public RowsModel<cluster::ImageTag> {
    Q_OBJECT
public:
    enum ColumnIndex { Tag, Pushed, Size, Findings, Digest };
    explicit ImageTagModel(QObject *parent = nullptr);
    /// @param running the tag, or the digest, that the workload has now
    void setTags(std::vector<cluster::ImageTag> tags, const QString &running, const QDateTime &now);

protected:
    QString key(const cluster::ImageTag &tag) const override { return tag.name; }
    QVariant cell(const cluster::ImageTag &tag, int column, int role) const override;

private:
    QString m_running;
    QDateTime m_now;
};

/// What the registry of an image has to choose from; of the chosen tag the commit and version that its labels name. Reads on the waiting pool; a registry that does not list is said in words.
class ImageTags : public QWidget {
    Q_OBJECT
public:
    /// @param services null: nothing is read (tests hand tags over)
    ImageTags(std::shared_ptr<fleet::Services> services, Pools *pools, QWidget *parent = nullptr);
    ~ImageTags() override;
    /// Lists the repository of `image`, if it is another than before. `running`: what the workload has now.
    void showFor(const QString &image, const QString &running);
    void showTags(const Result<std::vector<cluster::ImageTag>> &tags);

Q_SIGNALS:
    void chosen(const QString &image); ///< as a manifest has it: name and tag

private:
    void read();
    void tellOf(const QString &tag);
    std::shared_ptr<fleet::Services> m_services;
    Pools *m_pools;
    std::optional<cluster::ImageReference> m_image;
    QString m_running;
    ImageTagModel *m_model;
    Table *m_table;
    Label *m_told;
    QTimer m_soon;
    Task<std::vector<cluster::ImageTag>> m_reading;
    Task<cluster::ImageInfo> m_looking;
    bool m_filling = false;
};

} // namespace pilothouse::ui

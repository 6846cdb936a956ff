package dev.sluice.flow;

import java.util.Locale;

/// The keys of the objects in the bucket. They are made of job, part, task and round, never of a
/// URL.
public final class Keys {
  public static final String MANIFESTS = "manifests/";

  /// Begins the key of each job's ledger, and of other objects of the job beside it.
  public static final String JOBS = "jobs/";

  /// Begins the key of each report; a job that has one has ended.
  public static final String REPORTS = "report/";

  /// Begins the key of the notes on the hosts of each host group.
  public static final String HOSTS = "hosts/";

  private static final String STATE = "/ledger.json";

  private Keys() {}

  /// The list of a job, as it was put.
  public static String manifest(JobId job, boolean gzip) {
    return MANIFESTS + job + (gzip ? ".txt.gz" : ".txt");
  }

  /// The job that this manifest starts.
  ///
  /// @throws IllegalArgumentException if the key is not `manifests/{job}.txt` or `….txt.gz`
  public static JobId jobOf(String manifest) {
    for (var suffix : new String[] {".txt.gz", ".txt"}) {
      if (manifest.startsWith(MANIFESTS) && manifest.endsWith(suffix)) {
        return new JobId(
            manifest.substring(MANIFESTS.length(), manifest.length() - suffix.length()));
      }
    }
    throw new IllegalArgumentException(
        "a manifest's key must be manifests/{job}.txt or manifests/{job}.txt.gz, got \""
            + manifest
            + "\"");
  }

  /// The plan of a part.
  public static String plan(JobId job, int part) {
    return "plan/" + job + "/" + part(part) + ".json.gz";
  }

  /// The keys of the URLs that are new in a part. They stand in its plan too, and are put after it.
  public static String planKeys(JobId job, int part) {
    return "plan/" + job + "/" + part(part) + ".keys";
  }

  /// The archive of one round of a task.
  public static String archive(JobId job, int part, TaskId task) {
    return "warc/" + round(job, part, task) + ".warc.gz";
  }

  /// The index of an archive, beside it.
  public static String index(JobId job, int part, TaskId task) {
    return "warc/" + round(job, part, task) + ".cdxj";
  }

  /// The rows of an archive.
  public static String rows(JobId job, int part, TaskId task) {
    return "rows/" + round(job, part, task) + ".jsonl.gz";
  }

  /// The rows of a part's lines that are never fetched.
  public static String splitRows(JobId job, int part) {
    return "rows/" + job + "/" + part(part) + "/split.jsonl.gz";
  }

  /// Begins the key of each archive of a part, and of each index.
  public static String archives(JobId job, int part) {
    return "warc/" + job + "/" + part(part) + "/";
  }

  /// Begins the key of each object of rows of a part.
  public static String rows(JobId job, int part) {
    return rowsPrefix(job) + part(part) + "/";
  }

  /// Begins the key of each object of rows of a job.
  public static String rowsPrefix(JobId job) {
    return "rows/" + job + "/";
  }

  /// The notes on the hosts of a host group.
  public static String hosts(int hostGroup) {
    return HOSTS + hostGroup + ".json";
  }

  /// A message that was kept because nothing could handle it.
  public static String undeliverable(String name) {
    return "undeliverable/" + name;
  }

  /// The ledger of a job.
  public static String ledger(JobId job) {
    return JOBS + job + STATE;
  }

  /// Whether this is the key of a ledger.
  public static boolean isLedger(String key) {
    return key.startsWith(JOBS) && key.endsWith(STATE);
  }

  /// The report of a job.
  public static String report(JobId job) {
    return REPORTS + job + "/index.html";
  }

  private static String round(JobId job, int part, TaskId task) {
    return job + "/" + part(part) + "/" + task + "-" + task.round();
  }

  private static String part(int part) {
    Rule.atLeast("part", 0, part);
    return String.format(Locale.ROOT, "%05d", part);
  }
}

//! Keys of a job's objects in the bucket: `jobs/{folder}/{first line}-{unique}.ndjson`. Outcomes have the job as their folder.
//! Lines are stored before the job has its name, so theirs is a name of the upload. No pass type is called `jobs`, as each
//! begins with `pass.`.

/// The folder of jobs.
const JOBS: &str = "jobs";

/// The key of an object for the chunk that begins with this line. `unique` is used for no other object.
pub(super) fn key_of_chunk(folder: &str, first_line: i64, unique: &str, ending: &str) -> String {
    format!("{JOBS}/{folder}/{first_line}-{unique}.{ending}")
}

/// The folder that an object is in, and the first line of its chunk.
pub(crate) fn job_of_object(key: &str) -> Option<(String, i64)> {
    let mut segments = key.split('/');
    let job = segments.next().filter(|folder| *folder == JOBS).and_then(|_| segments.next())?;
    let (first_line, _) = segments.next()?.split_once('-')?;
    let first_line = first_line.parse().ok()?;
    segments.next().is_none().then(|| (job.to_owned(), first_line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_job_and_chunk() {
        let key = key_of_chunk("a-b", 501, "c-d", "ndjson");
        assert_eq!(job_of_object(&key), Some(("a-b".to_owned(), 501)));
        for other in ["", "jobs", "jobs/a", "jobs/a/b", "jobs/a/x-y.ndjson", "jobs/a/1-b/c", "pass.a/1-b/c.pkpass"] {
            assert_eq!(job_of_object(other), None, "{other}");
        }
    }
}

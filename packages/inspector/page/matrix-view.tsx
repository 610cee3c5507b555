/** The compatibility matrix: each client of an interface against each version of its servers. */
import { Waiting } from './parts';
import { ask } from './process';
import { useAnswer } from './use';

/** The matrix. */
export function MatrixView({ endpoint }: { readonly endpoint: string }) {
  const { value, error, again } = useAnswer(endpoint, () => ask('matrix', endpoint));
  return (
    <>
      <Waiting error={error} isThere={value !== undefined} />
      {value !== undefined && (
        <div class="scroll">
          <table class="matrix" aria-label="Clients against servers">
            <thead>
              <tr>
                <th scope="col">Client</th>
                <th scope="col">Call</th>
                {value.servers.map((version, index) => (
                  <th key={`${version} ${index}`} scope="col">
                    server {version}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {value.rows.map(({ client, method, cells }) => (
                <tr key={`${client} ${method}`}>
                  <th scope="row">{client}</th>
                  <td>{method}</td>
                  {cells.map((verdicts, index) => (
                    <td key={index} class={verdicts[0]!.outcome}>
                      {verdicts.map(({ text }) => text).join(' ▸ ')}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {value?.rows.some(({ cells }) => cells.some(({ length }) => length > 1)) && (
        <p class="note">A ▸ B: A with the required arguments only, B with all arguments.</p>
      )}
      {value?.notes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      {value !== undefined && (
        <button type="button" onClick={again}>
          Ask again
        </button>
      )}
    </>
  );
}
